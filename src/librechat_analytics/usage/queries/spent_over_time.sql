-- Usage over time without numbers of users and conversations, which take half of the time of usage_over_time.
-- Reads: selected, slots. Parameters: none. One row per bucket with usage.
WITH
per_slot AS (
    SELECT
        slot,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(calls) AS calls
    FROM selected
    GROUP BY slot
)
SELECT
    bucket,
    sum(cost_e6) AS cost_e6,
    sum(prompt_tokens) AS prompt_tokens,
    sum(completion_tokens) AS completion_tokens,
    sum(calls) AS calls
FROM per_slot JOIN slots USING (slot)
GROUP BY bucket
