-- Models that LibreChat had no price for, with what they cost at its default rate.
-- Reads: selected, models. Parameters: none. One row per model, highest cost first.
SELECT
    models.id AS model, sum(selected.cost_e6) AS cost_e6,
    fromUnixTimestamp64Milli(min(first_at)) AS first, fromUnixTimestamp64Milli(max(last_at)) AS last
FROM selected
JOIN models ON models.key = selected.model_key
WHERE default_rate AND models.unpriced AND NOT agent_model
GROUP BY models.id
ORDER BY sum(selected.cost_e6) DESC, model
