-- Deletes all cells. They are summed up again later.
-- Frames: none. Parameters: none.
DELETE FROM cells;

UPDATE sync_state SET summed_until = NULL;
