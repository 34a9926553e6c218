-- Makes the row that commits a publication, with the columns of sync_state in ClickHouse but committed_at.
-- Frames: none. Parameters: $version, $ledger, $follower, $schema_version, $program_version, $clean_until, $eras,
-- $tables, $cells_since, $first_dead_slot, $as_of_version, $changed_at. Creates: state_to_send.
CREATE OR REPLACE TEMP TABLE state_to_send AS
SELECT
    $version::UBIGINT AS version, $ledger::UUID AS ledger, $follower::VARCHAR AS follower,
    $schema_version::UINTEGER AS schema_version, $program_version::VARCHAR AS program_version,
    $clean_until::UBIGINT AS clean_until, $eras::VARCHAR AS eras,
    $tables::VARCHAR AS tables, $cells_since::UBIGINT AS cells_since, $first_dead_slot::INTEGER AS first_dead_slot,
    $as_of_version::UBIGINT AS as_of_version, $changed_at::TIMESTAMP AS changed_at,
    (SELECT count(*) FROM unattributed)::UBIGINT AS unattributed,
    (SELECT count(*) FROM transactions)::UBIGINT AS documents,
    summed_until,
    coalesce((SELECT max(key) FROM users), 0)::UINTEGER AS last_user_key,
    coalesce((SELECT max(key) FROM conversations), 0)::UINTEGER AS last_conversation_key,
    coalesce((SELECT max(key) FROM models), 0)::UINTEGER AS last_model_key,
    coalesce((SELECT max(key) FROM agents), 0)::UINTEGER AS last_agent_key,
    oldest_id, newest_id, history_complete, as_of, last_sync, source_name, expected_documents, memberships_since,
    domains_since, roles_since, tenants_read, agents_as_of, rows_read, read_one_by_one, attributed_one_by_one
FROM sync_state;
