-- The cost of each quarter of an hour.
-- Reads: selected. Parameters: none. One row per slot with usage.
SELECT slot, sum(cost_e6) AS cost_e6
FROM selected
GROUP BY slot
