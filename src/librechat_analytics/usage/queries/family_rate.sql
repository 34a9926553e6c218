-- Models that LibreChat had no price for and charged at the rate of the family in their name. A plain prompt at the
-- family's rate proves it, except for models whose own rate is the same. Their completions have the family's rate too.
-- Reads: selected, models. Parameters: none. One row per model, highest cost first.
WITH
families AS (
    SELECT
        'claude-' AS part, 0.8 AS prompt_rate, 2.4 AS completion_rate,
        'claude-3-5-haiku|claude-3\.5-haiku|claude-instant' AS priced
    UNION ALL
    SELECT 'gemini-', 0.5, 1.5, 'gemini-pro'
),
of_a_family AS (
    SELECT models.key AS model_key, models.id AS id, prompt_rate, completion_rate
    FROM models
    -- LibreChat looks for the family anywhere in the name, also after the name of a vendor, region or router.
    JOIN families ON lower(models.id) LIKE '%' || part || '%' AND NOT match(lower(models.id), priced)
    WHERE models.agent IS NULL
),
proven AS (
    SELECT *
    FROM of_a_family
    WHERE (model_key, prompt_rate) IN (
        SELECT (model_key, rate) FROM selected WHERE usage_type = 'prompt' AND NOT structured
    )
)
SELECT
    'family-rate' AS code, proven.id AS detail, proven.id AS subject,
    count(*) AS documents, sum(selected.tokens) AS tokens, sum(selected.cost_e6) AS cost_e6,
    min(selected.created_at) AS first, max(selected.created_at) AS last
FROM selected JOIN proven ON proven.model_key = selected.model_key
WHERE NOT structured AND (
    usage_type = 'prompt' AND rate = prompt_rate
    -- LibreChat charged stopped replies 15 per cent more.
    OR usage_type = 'completion'
    AND (abs(rate - completion_rate) < 1e-6 OR abs(rate - completion_rate * 1.15) < 1e-6)
)
GROUP BY proven.id
ORDER BY cost_e6 DESC, detail
