-- Whether the history is still being read, as of when the rows are, and all of the state as one text.
-- Frames: none. Parameters: none. One row.
SELECT oldest_id IS NOT NULL AND NOT history_complete, as_of, sync_state::VARCHAR FROM sync_state;
