-- Usage over time.
-- Reads: selected, slots. Parameters: none. One row per bucket with usage.
SELECT
    bucket,
    sum(cost_e6) AS cost_e6,
    sum(prompt_tokens) AS prompt_tokens,
    sum(completion_tokens) AS completion_tokens,
    sum(calls) AS calls,
    count(DISTINCT counted_user_key) AS active_users,
    count(DISTINCT counted_conversation_key) AS conversations
FROM selected JOIN slots USING (slot)
GROUP BY bucket
