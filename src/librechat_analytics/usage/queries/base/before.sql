-- The usage of a period and of the previous one, for queries that compare both. The composer puts these steps after
-- those of period.sql, and replaces {cells} and {conditions} as there.
--
-- selected_before: as `selected` in period.sql
-- both_ranges: what was spent in both ranges; is_before says in which one
--
-- Reads: {cells}, single_cells, selected. Parameters: $before_first_slot, $before_end_slot, $before_start, $before_end.
-- One row per cell of either range.
WITH
selected_before AS NOT MATERIALIZED (
    SELECT
        slot, user_key, conversation_key, model_key, ran_key, context_key, agent_key, certainty, provider_key,
        tenant_key, documents, calls, cost_e6, prompt_cost_e6, prompt_tokens, completion_tokens,
        counted_user_key, counted_conversation_key, center_key
    FROM "{cells}"
    WHERE slot >= $before_first_slot AND slot < $before_end_slot AND "{conditions}"
    UNION ALL
    SELECT
        slot, user_key, conversation_key, model_key, ran_key, context_key, agent_key, certainty, provider_key,
        tenant_key, documents, calls, cost_e6, prompt_cost_e6, prompt_tokens, completion_tokens,
        counted_user_key, counted_conversation_key, center_key
    FROM single_cells
    WHERE
        (
            NOT singly AND (slot < $before_first_slot OR slot >= $before_end_slot)
            OR singly AND slot >= $before_first_slot AND slot < $before_end_slot
        )
        AND created_at >= $before_start AND created_at < $before_end
        AND slot >= floorDiv(toUnixTimestamp64Milli($before_start), 900000)
        AND slot <= floorDiv(toUnixTimestamp64Milli($before_end), 900000)
        AND "{conditions}"
),
both_ranges AS NOT MATERIALIZED (
    SELECT
        false AS is_before, user_key, counted_user_key, ran_key, agent_key, certainty, provider_key, center_key,
        documents, calls, cost_e6, prompt_cost_e6, prompt_tokens, completion_tokens
    FROM selected
    UNION ALL
    SELECT
        true, user_key, counted_user_key, ran_key, agent_key, certainty, provider_key, center_key,
        documents, calls, cost_e6, prompt_cost_e6, prompt_tokens, completion_tokens
    FROM selected_before
)
SELECT * FROM both_ranges
