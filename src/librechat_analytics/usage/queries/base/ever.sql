-- The usage of all time up to now, for queries that look beyond their period. The composer puts this step after those
-- of period.sql, and replaces {cells} and {conditions} as there.
--
-- Reads: {cells}, single_cells. Parameters: $now, $now_slot. One row per cell.
WITH
selected_ever AS NOT MATERIALIZED (
    SELECT user_key, counted_conversation_key, toInt64(slot) * 900000 + last_ms AS last_at
    FROM "{cells}"
    WHERE slot < $now_slot AND "{conditions}"
    UNION ALL
    SELECT user_key, counted_conversation_key, toUnixTimestamp64Milli(created_at)
    FROM single_cells
    WHERE (NOT singly AND slot >= $now_slot OR singly AND slot < $now_slot) AND created_at < $now AND "{conditions}"
)
SELECT * FROM selected_ever
