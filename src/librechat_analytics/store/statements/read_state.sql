-- The state, in the order of the fields of SyncState.
-- Frames: none. Parameters: none. One row.
SELECT
    oldest_id, newest_id, history_complete, as_of, last_sync, source_name, expected_documents, rows_read,
    read_one_by_one, attributed_one_by_one
FROM sync_state;
