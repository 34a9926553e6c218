SELECT
    hour_of_week, sum(cost_e6) AS cost_e6, sum(tokens) AS tokens,
    count(*) FILTER (usage_type = 'prompt') AS calls
FROM selected JOIN hours USING (slot)
GROUP BY hour_of_week
