-- Counts the rows whose agent is not known yet.
-- Frames: none. Parameters: none. One row.
SELECT count(*) FROM unattributed;
