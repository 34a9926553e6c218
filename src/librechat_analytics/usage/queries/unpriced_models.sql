-- Models that LibreChat had no price for, with what they cost at its default rate.
-- Reads: selected, models. Parameters: none. One row per model, highest cost first.
SELECT
    models.id AS model, sum(charged.cost_e6) AS cost_e6,
    fromUnixTimestamp64Milli(min(charged.first_at)) AS first, fromUnixTimestamp64Milli(max(charged.last_at)) AS last
FROM (
    SELECT model_key, sum(cost_e6) AS cost_e6, min(first_at) AS first_at, max(last_at) AS last_at
    FROM selected
    WHERE default_rate AND NOT agent_model
    GROUP BY model_key
) AS charged
JOIN models ON models.key = charged.model_key
WHERE models.unpriced
GROUP BY models.id
ORDER BY sum(charged.cost_e6) DESC, model
