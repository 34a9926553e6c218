-- Usage over time.
-- Reads: selected, slots. Parameters: none. One row per bucket with usage.
SELECT
    bucket,
    sum(cost_e6) AS cost_e6,
    coalesce(sum(tokens) FILTER (WHERE usage_type = 'prompt'), 0) AS prompt_tokens,
    coalesce(sum(tokens) FILTER (WHERE usage_type = 'completion'), 0) AS completion_tokens,
    count(*) FILTER (WHERE usage_type = 'prompt') AS calls,
    count(DISTINCT user_key) AS active_users,
    count(DISTINCT conversation_key) AS conversations
FROM selected JOIN slots USING (slot)
GROUP BY bucket
