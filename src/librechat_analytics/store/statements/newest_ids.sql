-- The ids of the ten newest rows.
-- Frames: none. Parameters: none. One row per id.
SELECT id_head, id_tail FROM transactions ORDER BY id_head DESC, id_tail DESC LIMIT 10;
