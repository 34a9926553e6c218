-- The ids of up to a thousand rows, chosen at random.
-- Frames: none. Parameters: none. One row per id.
SELECT id_head, id_tail FROM transactions USING SAMPLE RESERVOIR (1000 ROWS);
