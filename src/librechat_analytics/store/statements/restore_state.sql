-- Writes all of the state that a commit in ClickHouse holds.
-- Frames: none. Parameters: $oldest_id, $newest_id, $history_complete, $as_of, $last_sync, $source_name,
-- $expected_documents, $memberships_since, $domains_since, $roles_since, $tenants_read, $agents_as_of, $summed_until,
-- $rows_read, $read_one_by_one, $attributed_one_by_one.
UPDATE sync_state SET
    oldest_id = $oldest_id, newest_id = $newest_id, history_complete = $history_complete, as_of = $as_of,
    last_sync = $last_sync, source_name = $source_name, expected_documents = $expected_documents,
    memberships_since = $memberships_since, domains_since = $domains_since, roles_since = $roles_since,
    tenants_read = $tenants_read, agents_as_of = $agents_as_of, summed_until = $summed_until, rows_read = $rows_read,
    read_one_by_one = $read_one_by_one, attributed_one_by_one = $attributed_one_by_one;
