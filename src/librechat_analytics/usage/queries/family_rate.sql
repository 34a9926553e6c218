-- Models that LibreChat had no price for and charged at the rate of the family in their name. A plain prompt at the
-- family's rate proves it, except for models whose own rate is the same. Their completions have the family's rate too.
-- Reads: selected, selected_rows, models. Parameters: none. One row per model, highest cost first.
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
    SELECT DISTINCT
        of_a_family.model_key AS model_key, of_a_family.prompt_rate AS prompt_rate,
        of_a_family.completion_rate AS completion_rate
    FROM selected JOIN of_a_family USING (model_key, prompt_rate)
),
charged AS (
    SELECT
        proven.model_key AS model_key, slot, calls - cached_calls AS documents,
        prompt_tokens - cached_tokens AS tokens, prompt_cost_e6 - cached_cost_e6 AS cost_e6
    FROM selected JOIN proven USING (model_key, prompt_rate)
    UNION ALL
    SELECT proven.model_key, slot, documents - calls, completion_tokens, cost_e6 - prompt_cost_e6
    FROM selected
    JOIN proven ON proven.model_key = selected.model_key
    -- LibreChat charged stopped replies 15 per cent more.
    WHERE abs(selected.completion_rate - proven.completion_rate) < 1e-6
        OR abs(selected.completion_rate - proven.completion_rate * 1.15) < 1e-6
),
per_model AS MATERIALIZED (
    SELECT
        model_key, sum(documents) AS documents, sum(tokens) AS tokens, sum(cost_e6) AS cost_e6,
        min(slot) AS first_slot, max(slot) AS last_slot
    FROM charged
    GROUP BY model_key
),
-- A cell does not say when its first prompt or completion was, but the rows of the first slot do.
dated AS (
    SELECT proven.model_key AS model_key, min(created_at) AS first, max(created_at) AS last
    FROM selected_rows AS rows
    JOIN (
        SELECT model_key, first_slot AS slot FROM per_model
        UNION ALL
        SELECT model_key, last_slot FROM per_model
    ) AS edges ON edges.slot = rows.slot AND edges.model_key = rows.model_key
    JOIN proven ON proven.model_key = rows.model_key
    WHERE NOT structured AND (
        usage_type = 'prompt' AND rate = prompt_rate
        OR usage_type = 'completion'
        AND (abs(rate - completion_rate) < 1e-6 OR abs(rate - completion_rate * 1.15) < 1e-6)
    )
    GROUP BY proven.model_key
)
SELECT
    'family-rate' AS code, models.id AS detail, models.id AS subject, documents, tokens, cost_e6, first, last
FROM per_model
JOIN dated ON dated.model_key = per_model.model_key
JOIN models ON models.key = per_model.model_key
ORDER BY cost_e6 DESC, detail
