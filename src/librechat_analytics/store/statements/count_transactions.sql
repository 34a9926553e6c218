-- Counts the rows held, usage or not.
-- Frames: none. Parameters: none. One row.
SELECT count(*) FROM transactions;
