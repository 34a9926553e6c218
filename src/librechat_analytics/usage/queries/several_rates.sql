-- Models whose plain prompts were charged at more than one rate: a new price, a long-context tier, or a wrong match.
-- rates holds the six lowest.
-- Reads: selected, models. Parameters: none. One row per model, highest cost first.
WITH
charged AS (
    SELECT
        model_key, arraySlice(arraySort(groupUniqArray(rate)), 1, 6) AS rates,
        count(*) AS documents, sum(rows.tokens) AS tokens, sum(rows.cost_e6) AS cost_e6,
        min(created_at) AS first, max(created_at) AS last
    FROM selected AS rows
    WHERE usage_type = 'prompt' AND NOT structured AND NOT sentinel AND isFinite(rate) AND rows.tokens > 0
        AND model_key IS NOT NULL AND NOT agent_model
    GROUP BY model_key
    HAVING count(DISTINCT rate) > 1
)
SELECT
    'several-rates' AS code, models.id AS detail, models.id AS subject, rates,
    documents, tokens, cost_e6, first, last
FROM charged JOIN models ON models.key = charged.model_key
ORDER BY cost_e6 DESC, models.id
