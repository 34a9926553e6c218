-- Models that LibreChat had no price for and priced as the family that their name begins with. A plain prompt at the
-- family's rate proves it, but for models whose own price that is; their completions stand at the family's rate too.
, families (part, prompt_rate, completion_rate, priced) AS (
    VALUES
        ('claude-', 0.8, 2.4, 'claude-3-5-haiku|claude-3\.5-haiku|claude-instant'),
        ('gemini-', 0.5, 1.5, 'gemini-pro')
)
, of_a_family AS (
    SELECT models.key AS model_key, models.id, prompt_rate, completion_rate
    FROM models
    -- LibreChat looks for the family anywhere in the name: behind a vendor's, a region's or a router's.
    JOIN families ON contains(lower(models.id), part) AND NOT regexp_matches(lower(models.id), priced)
    WHERE models.agent IS NULL
)
, proven AS (
    SELECT *
    FROM of_a_family
    WHERE EXISTS (
        SELECT 1 FROM selected
        WHERE selected.model_key = of_a_family.model_key
            AND usage_type = 'prompt' AND NOT structured AND rate = prompt_rate
    )
)
SELECT
    'family-rate' AS code, proven.id AS detail, proven.id AS subject,
    count(*) AS documents, sum(tokens) AS tokens, sum(cost_e6) AS cost_e6,
    min(created_at) AS first, max(created_at) AS last
FROM selected JOIN proven ON proven.model_key = selected.model_key
WHERE NOT structured AND (
    usage_type = 'prompt' AND rate = prompt_rate
    -- Of stopped answers with their surcharge.
    OR usage_type = 'completion'
        AND (abs(rate - completion_rate) < 1e-6 OR abs(rate - completion_rate * 1.15) < 1e-6)
)
GROUP BY proven.id
ORDER BY cost_e6 DESC, detail
