-- LibreChat v0.7.7 wrote a plain prompt beside the cached one of the same call: same conversation, same second,
-- as many tokens as the cached prompt had uncached ones.
SELECT
    'recorded-twice' AS code, NULL AS detail, NULL AS subject,
    count(*) AS documents, sum(plain.tokens) AS tokens, sum(plain.cost_e6) AS cost_e6,
    min(plain.created_at) AS first, max(plain.created_at) AS last
FROM selected AS plain
WHERE usage_type = 'prompt' AND NOT structured AND tokens > 0 AND EXISTS (
    SELECT 1 FROM selected AS cached
    WHERE cached.structured AND cached.conversation_key = plain.conversation_key
        AND cached.model_key = plain.model_key
        AND epoch(cached.created_at)::BIGINT = epoch(plain.created_at)::BIGINT
        AND cached.tokens - cached.cache_read_tokens - cached.cache_write_tokens = plain.tokens
)
HAVING count(*) > 0
