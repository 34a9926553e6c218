-- Models whose plain prompts were charged at more than one rate: a new price, a long-context tier, or a wrong match.
-- rates holds the six lowest.
-- Reads: selected, selected_rows, models. Parameters: none. One row per model, highest cost first.
WITH
per_rate AS (
    SELECT
        model_key, prompt_rate, sum(calls) - sum(cached_calls) AS documents,
        sum(prompt_tokens) - sum(cached_tokens) AS tokens, sum(prompt_cost_e6) - sum(cached_cost_e6) AS cost_e6,
        min(slot) AS first_slot, max(slot) AS last_slot
    FROM selected
    WHERE prompt_rate IS NOT NULL AND NOT blank AND NOT sentinel AND model_key IS NOT NULL AND NOT agent_model
    GROUP BY model_key, prompt_rate
),
charged AS MATERIALIZED (
    SELECT
        model_key, arraySlice(arraySort(groupArray(prompt_rate)), 1, 6) AS rates,
        sum(documents) AS documents, sum(tokens) AS tokens, sum(cost_e6) AS cost_e6,
        min(first_slot) AS first_slot, max(last_slot) AS last_slot
    FROM per_rate
    GROUP BY model_key
    HAVING count(*) > 1
),
-- A cell does not say when its first prompt was, but the rows of the first slot do.
dated AS (
    SELECT rows.model_key AS model_key, min(created_at) AS first, max(created_at) AS last
    FROM selected_rows AS rows
    JOIN (
        SELECT model_key, first_slot AS slot FROM charged
        UNION ALL
        SELECT model_key, last_slot FROM charged
    ) AS edges ON edges.slot = rows.slot AND edges.model_key = rows.model_key
    WHERE usage_type = 'prompt' AND NOT structured AND NOT sentinel AND isFinite(rate) AND rows.whole_tokens > 0
        AND NOT agent_model
    GROUP BY rows.model_key
)
SELECT
    'several-rates' AS code, models.id AS detail, models.id AS subject, rates,
    documents, tokens, cost_e6, first, last
FROM charged
JOIN dated ON dated.model_key = charged.model_key
JOIN models ON models.key = charged.model_key
ORDER BY cost_e6 DESC, models.id
