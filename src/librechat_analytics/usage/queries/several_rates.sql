-- Models whose plain prompts were charged at more than one rate: a new price, a long-context tier, or a wrong match.
, charged AS (
    SELECT
        model_key, list_sort(list(DISTINCT rate)) AS rates,
        count(*) AS documents, sum(tokens) AS tokens, sum(cost_e6) AS cost_e6,
        min(created_at) AS first, max(created_at) AS last
    FROM selected
    WHERE usage_type = 'prompt' AND NOT structured AND NOT sentinel AND isfinite(rate) AND tokens > 0
        AND model_key IS NOT NULL AND NOT agent_model
    GROUP BY model_key
    HAVING count(DISTINCT rate) > 1
)
SELECT
    'several-rates' AS code,
    models.id || ' (' || array_to_string(list_transform(rates[:6], lambda rate: '$' || rate), ', ') || ')' AS detail,
    models.id AS subject,
    documents, tokens, cost_e6, first, last
FROM charged JOIN models ON models.key = charged.model_key
ORDER BY cost_e6 DESC, models.id
