-- Moves the slot before which all rows are in cells to $end_slot, and lets write_cells.sql read all rows.
-- Frames: none. Parameters: $end_slot. Creates: rows_to_sum.
UPDATE sync_state SET summed_until = $end_slot;

CREATE OR REPLACE TEMP VIEW rows_to_sum AS FROM usage;
