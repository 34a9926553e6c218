-- The relations that the queries about a period read. The composer puts these steps before a query's own steps and
-- replaces the names in braces: {rows} by plain_rows or plain_other_rows and {cells} by plain_cells, or by those of
-- cost_centers.sql where cost centres matter; {time_condition} by the period, {conditions} by the chosen filters.
--
-- selected_rows: the rows of the period that meet the filters. A row that is split between cost centres has several
--     parts; documents is 1 in one of them and 0 in the others.
-- selected: the same usage in cells. Whole quarters of an hour that the store has summed up, from $first_slot to before
--     $end_slot, come from the cells; every other row is a cell of its own. first_at and last_at are milliseconds since
--     1970. A cell has at most one rate of plain prompts and one of plain completions. Users and conversations are
--     counted by counted_user_key and counted_conversation_key.
--
-- Python adds these tables where a query needs them:
-- slots (slot, bucket): the bucket of each slot           listed: list prices by model, time and size of the prompt
-- hours (slot, hour_of_week): counted from Monday 0:00    plain_rates: the rows of plain_rates.sql
--
-- Reads: {rows}, {cells}, single_cells. Parameters: $first_slot, $end_slot.
-- One row per selected row.
WITH
selected_rows AS NOT MATERIALIZED (
    SELECT * FROM "{rows}" WHERE NOT singly AND "{time_condition}" AND "{conditions}"
),
selected AS NOT MATERIALIZED (
    SELECT
        slot, user_key, conversation_key, model_key, ran_key, context_key, agent_key, certainty, provider_key,
        tenant_key, sentinel, positive_value, default_rate, agent_model, blank, prompt_rate, completion_rate,
        documents, calls, cached_calls, cost_e6, prompt_cost_e6, cached_cost_e6,
        prompt_tokens, completion_tokens, cached_tokens, cache_read_tokens, cache_write_tokens,
        counted_user_key, counted_conversation_key, center_key, in_several, assumed,
        toInt64(slot) * 900000 + first_ms AS first_at, toInt64(slot) * 900000 + last_ms AS last_at
    FROM "{cells}"
    WHERE slot >= $first_slot AND slot < $end_slot AND "{conditions}"
    UNION ALL
    SELECT
        slot, user_key, conversation_key, model_key, ran_key, context_key, agent_key, certainty, provider_key,
        tenant_key, sentinel, positive_value, default_rate, agent_model, blank, prompt_rate, completion_rate,
        documents, calls, cached_calls, cost_e6, prompt_cost_e6, cached_cost_e6,
        prompt_tokens, completion_tokens, cached_tokens, cache_read_tokens, cache_write_tokens,
        counted_user_key, counted_conversation_key, center_key, in_several, assumed,
        toUnixTimestamp64Milli(created_at), toUnixTimestamp64Milli(created_at)
    FROM single_cells
    WHERE
        (
            NOT singly AND (slot < $first_slot OR slot >= $end_slot)
            OR singly AND slot >= $first_slot AND slot < $end_slot
        )
        AND "{time_condition}" AND "{conditions}"
)
SELECT * FROM selected_rows
