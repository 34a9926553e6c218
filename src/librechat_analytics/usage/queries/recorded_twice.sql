-- LibreChat v0.7.7 wrote a plain prompt beside the cached one of the same call: same conversation, same second,
-- as many tokens as the cached prompt had uncached ones. The call's completion it wrote twice alike.
, plain AS (
    SELECT conversation_key, model_key, epoch(created_at)::BIGINT AS second, tokens, cost_e6, created_at
    FROM selected AS prompt
    WHERE usage_type = 'prompt' AND NOT structured AND tokens > 0 AND EXISTS (
        SELECT 1 FROM selected AS cached
        WHERE cached.structured AND cached.conversation_key = prompt.conversation_key
            AND cached.model_key = prompt.model_key
            AND epoch(cached.created_at)::BIGINT = epoch(prompt.created_at)::BIGINT
            AND cached.tokens::HUGEINT - cached.cache_read_tokens - cached.cache_write_tokens = prompt.tokens
    )
)
, twice AS (
    SELECT 1 AS times, tokens, cost_e6, created_at FROM plain
    UNION ALL
    SELECT count(*) // 2, tokens, cost_e6, min(completion.created_at)
    FROM selected AS completion
    SEMI JOIN plain
        ON plain.conversation_key = completion.conversation_key AND plain.model_key = completion.model_key
        AND plain.second = epoch(completion.created_at)::BIGINT
    WHERE usage_type = 'completion' AND tokens > 0
    GROUP BY conversation_key, model_key, epoch(completion.created_at)::BIGINT, tokens, cost_e6
    HAVING count(*) > 1
)
SELECT
    'recorded-twice' AS code, NULL AS detail, NULL AS subject,
    sum(times) AS documents, sum(times * tokens) AS tokens, sum(times * cost_e6) AS cost_e6,
    min(created_at) AS first, max(created_at) AS last
FROM twice
HAVING count(*) > 0
