-- The totals of all selected rows.
-- Reads: selected. Parameters: none. One row.
SELECT
    coalesce(sum(cost_e6), 0) AS cost_e6,
    coalesce(sum(tokens) FILTER (WHERE usage_type = 'prompt'), 0) AS prompt_tokens,
    coalesce(sum(tokens) FILTER (WHERE usage_type = 'completion'), 0) AS completion_tokens,
    coalesce(sum(cache_read_tokens), 0) AS cache_read_tokens,
    coalesce(sum(cache_write_tokens), 0) AS cache_write_tokens,
    count(*) FILTER (WHERE usage_type = 'prompt') AS calls,
    count(DISTINCT user_key) AS active_users,
    count(DISTINCT conversation_key) AS conversations
FROM selected
