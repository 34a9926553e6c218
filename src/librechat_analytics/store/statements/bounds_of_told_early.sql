-- How many rows are in told_early, and the range of their heads.
-- Frames: none. Parameters: none. One row.
SELECT count(*), min(id_head), max(id_head) FROM told_early;
