-- Usage that was recorded twice. LibreChat v0.7.7 wrote a plain prompt row besides the cached one of the same call, in
-- the same conversation and second, with as many tokens as the cached prompt had uncached ones. It also wrote the
-- call's completion row twice.
-- Reads: selected_rows. Parameters: none. One row, or none without such rows.
WITH
-- Seconds are rounded to the nearest one.
timed AS MATERIALIZED (
    SELECT
        conversation_key, model_key, usage_type, structured, tokens, cost_e6, created_at,
        documents, whole_tokens, whole_fresh_tokens,
        roundBankers(toUnixTimestamp64Milli(created_at) / 1000) AS second
    FROM selected_rows
    WHERE paired AND conversation_key IS NOT NULL AND model_key IS NOT NULL
),
plain AS (
    SELECT conversation_key, model_key, second, documents, tokens, cost_e6, created_at
    FROM timed
    WHERE usage_type = 'prompt' AND NOT structured AND whole_tokens > 0
        AND (conversation_key, model_key, second, toInt128(whole_tokens)) IN (
            SELECT (conversation_key, model_key, second, whole_fresh_tokens) FROM timed WHERE structured
        )
),
twice AS (
    SELECT 1 AS times, documents, tokens, cost_e6, created_at FROM plain
    UNION ALL
    SELECT intDiv(count(*), 2) AS times, documents, tokens, cost_e6, min(timed.created_at) AS created_at
    FROM timed
    WHERE usage_type = 'completion' AND whole_tokens > 0
        AND (conversation_key, model_key, second) IN (SELECT (conversation_key, model_key, second) FROM plain)
    GROUP BY conversation_key, model_key, second, documents, whole_tokens, tokens, cost_e6
    HAVING count(*) > 1
)
SELECT
    'recorded-twice' AS code, NULL AS detail, NULL AS subject,
    sum(times * twice.documents) AS documents, sum(times * toInt128(twice.tokens)) AS tokens,
    sum(times * twice.cost_e6) AS cost_e6,
    min(twice.created_at) AS first, max(twice.created_at) AS last
FROM twice
HAVING count(*) > 0
