-- Each row of usage in the shape of a cell, for the rows that are not summed up. The composer puts this step before
-- those of the other bases and replaces {usage} by plain_rows, or by assigned_rows where cost centres matter.
--
-- Reads: {usage}. Parameters: none. One row per row of usage, or per part of one.
WITH
single_cells AS NOT MATERIALIZED (
    SELECT
        slot, created_at, user_key, conversation_key, model_key, ran_key, context_key, agent_key, certainty,
        provider_key, tenant_key, sentinel, positive_value, default_rate, agent_model, whole_tokens <= 0 AS blank,
        CASE WHEN usage_type = 'prompt' AND NOT structured AND isFinite(rate) THEN rate END AS prompt_rate,
        CASE WHEN usage_type = 'completion' AND NOT structured AND isFinite(rate) THEN rate END AS completion_rate,
        documents,
        CASE WHEN usage_type = 'prompt' THEN documents ELSE 0 END AS calls,
        CASE WHEN usage_type = 'prompt' AND structured THEN documents ELSE 0 END AS cached_calls,
        cost_e6,
        CASE WHEN usage_type = 'prompt' THEN cost_e6 ELSE 0 END AS prompt_cost_e6,
        CASE WHEN usage_type = 'prompt' AND structured THEN cost_e6 ELSE 0 END AS cached_cost_e6,
        CASE WHEN usage_type = 'prompt' THEN tokens ELSE 0 END AS prompt_tokens,
        CASE WHEN usage_type = 'completion' THEN tokens ELSE 0 END AS completion_tokens,
        CASE WHEN usage_type = 'prompt' AND structured THEN tokens ELSE 0 END AS cached_tokens,
        cache_read_tokens, cache_write_tokens,
        counted_user_key, counted_conversation_key, center_key, in_several, assumed, singly
    FROM "{usage}"
)
SELECT * FROM single_cells
