-- The state, in the order of the fields of SyncState.
-- Frames: none. Parameters: none. One row.
SELECT oldest_id, newest_id, history_complete, as_of, last_sync, source_name, expected_documents FROM sync_state;
