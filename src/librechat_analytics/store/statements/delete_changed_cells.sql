-- Deletes the cells of changed_cells, and lets write_cells.sql read only the rows of these cells.
-- Frames: none. Parameters: $first_slot, $end_slot. Creates: rows_to_sum.
DELETE FROM cells
USING changed_cells
WHERE cells.slot >= $first_slot AND cells.slot < $end_slot AND cells.slot = changed_cells.slot
    AND cells.conversation_key IS NOT DISTINCT FROM changed_cells.conversation_key;

CREATE OR REPLACE TEMP VIEW rows_to_sum AS
SELECT usage.* FROM usage
SEMI JOIN changed_cells
    ON changed_cells.slot = usage.slot AND changed_cells.conversation_key IS NOT DISTINCT FROM usage.conversation_key;
