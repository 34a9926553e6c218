-- The slot before which all usage rows are in cells, NULL without any cells.
-- Frames: none. Parameters: none. One row.
SELECT summed_until FROM sync_state;
