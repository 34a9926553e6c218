SELECT
    slot, sum(cost_e6) AS cost_e6, sum(tokens) AS tokens, count(*) FILTER (usage_type = 'prompt') AS calls
FROM selected
GROUP BY slot
