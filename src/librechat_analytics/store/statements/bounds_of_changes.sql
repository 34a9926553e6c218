-- How many cells to sum up again are listed, and the first and the last slot of them, NULL without any.
-- Frames: none. Parameters: none. One row.
SELECT count(*), min(slot), max(slot) FROM changed_cells;
