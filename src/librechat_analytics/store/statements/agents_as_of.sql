-- The time as of which agents were read last.
-- Frames: none. Parameters: none. One row.
SELECT agents_as_of FROM sync_state;
