-- Usage by hour of the week in the reader's time zone.
-- Reads: selected, hours. Parameters: none. One row per hour of the week with usage.
SELECT
    hour_of_week, sum(cost_e6) AS cost_e6, sum(prompt_tokens) + sum(completion_tokens) AS tokens,
    sum(calls) AS calls
FROM selected JOIN hours USING (slot)
GROUP BY hour_of_week
