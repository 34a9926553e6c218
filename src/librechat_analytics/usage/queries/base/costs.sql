-- What usage cost, and whose it was: `selected` of period.sql with the few columns that daily costs and budgets need,
-- because planning all of them takes longer than reading these. The composer puts these steps after those of period.sql
-- where a query reads `selected_costs`, and replaces the names in braces as there.
--
-- Reads: {cells}, {usage}. Parameters: $first_slot, $end_slot. One row per cell.
WITH
selected_costs AS NOT MATERIALIZED (
    SELECT slot, user_key, ran_key, agent_key, certainty, provider_key, center_key, cost_e6
    FROM "{cells}"
    WHERE slot >= $first_slot AND slot < $end_slot AND "{conditions}"
    UNION ALL
    SELECT slot, user_key, ran_key, agent_key, certainty, provider_key, center_key, cost_e6
    FROM "{usage}"
    WHERE
        (
            NOT singly AND (slot < $first_slot OR slot >= $end_slot)
            OR singly AND slot >= $first_slot AND slot < $end_slot
        )
        AND "{time_condition}" AND "{conditions}"
)
SELECT * FROM selected_costs
