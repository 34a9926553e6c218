-- The totals of all selected usage, how much of the cost is uncertain, and how many rows cost nothing for a reason.
-- Reads: selected, models, contexts. Parameters: none. One row.
SELECT
    coalesce(sum(cost_e6), 0) AS cost_e6,
    coalesce(sum(prompt_tokens), 0) AS prompt_tokens,
    coalesce(sum(completion_tokens), 0) AS completion_tokens,
    coalesce(sum(cache_read_tokens), 0) AS cache_read_tokens,
    coalesce(sum(cache_write_tokens), 0) AS cache_write_tokens,
    coalesce(sum(calls), 0) AS calls,
    count(DISTINCT counted_user_key) AS active_users,
    count(DISTINCT counted_conversation_key) AS conversations,
    coalesce(sum(cost_e6) FILTER (
        WHERE default_rate AND model_key IN (SELECT key FROM models WHERE unpriced)
    ), 0) AS default_rate_cost_e6,
    coalesce(sum(cost_e6) FILTER (WHERE model_key IS NULL), 0) AS no_model_cost_e6,
    coalesce(sum(cost_e6) FILTER (WHERE agent_model), 0) AS agent_model_cost_e6,
    coalesce(sum(cost_e6) FILTER (
        WHERE context_key IN (SELECT key FROM contexts WHERE id = 'incomplete')
    ), 0) AS incomplete_cost_e6,
    coalesce(sum(documents) FILTER (WHERE sentinel), 0) AS sentinel_rows,
    coalesce(sum(documents) FILTER (WHERE positive_value), 0) AS positive_value_rows
FROM selected
