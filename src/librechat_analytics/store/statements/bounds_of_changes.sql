-- The first and the last slot of the cells to sum up again, NULL without any.
-- Frames: none. Parameters: none. One row.
SELECT min(slot), max(slot) FROM changed_cells;
