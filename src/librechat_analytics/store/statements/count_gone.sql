-- Counts the rows held that LibreChat is known to have deleted.
-- Frames: none. Parameters: none. One row.
SELECT count(*) FROM gone;
