-- Changes those fields of the state that $changed names.
-- Frames: none. Parameters: $changed,
-- $oldest_id, $newest_id, $history_complete, $as_of, $last_sync, $source_name, $expected_documents, $rows_read,
-- $read_one_by_one, $attributed_one_by_one.
UPDATE sync_state SET
    oldest_id = CASE WHEN list_contains($changed, 'oldest_id') THEN $oldest_id ELSE oldest_id END,
    newest_id = CASE WHEN list_contains($changed, 'newest_id') THEN $newest_id ELSE newest_id END,
    history_complete = CASE
        WHEN list_contains($changed, 'history_complete') THEN $history_complete ELSE history_complete
    END,
    as_of = CASE WHEN list_contains($changed, 'as_of') THEN $as_of ELSE as_of END,
    last_sync = CASE WHEN list_contains($changed, 'last_sync') THEN $last_sync ELSE last_sync END,
    source_name = CASE WHEN list_contains($changed, 'source_name') THEN $source_name ELSE source_name END,
    expected_documents = CASE
        WHEN list_contains($changed, 'expected_documents') THEN $expected_documents ELSE expected_documents
    END,
    rows_read = CASE
        WHEN list_contains($changed, 'rows_read') THEN $rows_read ELSE rows_read
    END,
    read_one_by_one = CASE
        WHEN list_contains($changed, 'read_one_by_one') THEN $read_one_by_one ELSE read_one_by_one
    END,
    attributed_one_by_one = CASE
        WHEN list_contains($changed, 'attributed_one_by_one') THEN $attributed_one_by_one ELSE attributed_one_by_one
    END;
