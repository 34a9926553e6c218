-- The relations that the queries about all time read: what a reader may see. The composer puts these steps before a
-- query's own steps and replaces the names in braces by the conditions of the reader's scope, or by true. A query may
-- have {is_scoped}, which becomes true or false.
--
-- seen_usage: usage in cells, as `selected` in period.sql. Rows from $end_slot on are cells of their own, because
--     the store has not summed them up.
--
-- Reads: {cells}, single_cells, people, groups. Parameters: $end_slot. One row per cell that the reader may see.
WITH
seen_usage AS NOT MATERIALIZED (
    SELECT
        user_key, model_key, ran_key, context_key, agent_key, certainty, provider_key, tenant_key, blank,
        center_key, documents, calls, cost_e6, prompt_cost_e6,
        prompt_tokens, completion_tokens, toInt64(slot) * 900000 + first_ms AS first_at,
        toInt64(slot) * 900000 + last_ms AS last_at
    FROM "{cells}"
    WHERE slot < $end_slot AND "{usage_conditions}"
    UNION ALL
    SELECT
        user_key, model_key, ran_key, context_key, agent_key, certainty, provider_key, tenant_key, blank,
        center_key, documents, calls, cost_e6, prompt_cost_e6,
        prompt_tokens, completion_tokens, toUnixTimestamp64Milli(created_at), toUnixTimestamp64Milli(created_at)
    FROM single_cells
    WHERE (NOT singly AND slot >= $end_slot OR singly AND slot < $end_slot) AND "{usage_conditions}"
),
seen_users AS NOT MATERIALIZED (
    SELECT *, key AS user_key FROM people WHERE "{user_conditions}"
),
seen_groups AS NOT MATERIALIZED (
    SELECT * FROM groups WHERE "{group_conditions}"
)
SELECT * FROM seen_usage
