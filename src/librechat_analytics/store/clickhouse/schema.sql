-- The tables in ClickHouse: what the follower has published of its working copy. Every row has the version of the
-- commit that brought it, and a row of sync_state is the commit. Nothing is updated: a change is a new row. Rows of a
-- version that was not committed do not count.
-- A change of this schema only adds: a table, or at the end of this file a column by ALTER TABLE ... ADD COLUMN IF NOT
-- EXISTS. So programs of other versions can read it. Raise SCHEMA_VERSION then. Parameters: none.

-- The columns of store/schema.sql. A reader of a commit reads a row if its version counts and `dead` does not
-- end it. credits_e6 is as exact as the store's HUGEINT.
CREATE TABLE IF NOT EXISTS transactions_log (
    id_head UInt64 CODEC(Delta, ZSTD(1)),
    id_tail UInt32 CODEC(ZSTD(1)),
    created_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    slot Int32 CODEC(Delta, ZSTD(1)),
    user_key Nullable(UInt32) CODEC(ZSTD(1)),
    conversation_key Nullable(UInt32) CODEC(ZSTD(1)),
    model_key Nullable(UInt32) CODEC(ZSTD(1)),
    context_key Nullable(UInt32) CODEC(ZSTD(1)),
    usage_type Enum8('prompt' = 1, 'completion' = 2, 'other' = 3) CODEC(ZSTD(1)),
    other_token_type Nullable(String) CODEC(ZSTD(1)),
    rate Nullable(Float64) CODEC(ZSTD(1)),
    tokens Int64 CODEC(T64, ZSTD(1)),
    credits_e6 Int128 CODEC(ZSTD(1)),
    cache_read_tokens Int64 CODEC(T64, ZSTD(1)),
    cache_write_tokens Int64 CODEC(T64, ZSTD(1)),
    structured Bool CODEC(ZSTD(1)),
    sentinel Bool CODEC(ZSTD(1)),
    positive_value Bool CODEC(ZSTD(1)),
    default_rate Bool CODEC(ZSTD(1)),
    agent_model Bool CODEC(ZSTD(1)),
    agent_key Nullable(UInt32) CODEC(ZSTD(1)),
    certainty Enum8('exact' = 1, 'conversation' = 2, 'nearest' = 3, 'weak' = 4, 'unknown' = 5) CODEC(ZSTD(1)),
    provider_key Nullable(UInt32) CODEC(ZSTD(1)),
    tenant_key Nullable(UInt32) CODEC(ZSTD(1)),
    ran_key Nullable(UInt32) CODEC(ZSTD(1)),
    paired Bool CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta, ZSTD(1))
) ENGINE = MergeTree
PARTITION BY toYYYYMM(toDate32(intDiv(slot, 96)))
ORDER BY (intDiv(slot, 96), user_key, slot)
SETTINGS allow_nullable_key = 1;

-- A reader at version v reads cells as rows, but only those from sync_state.cells_since on.
CREATE TABLE IF NOT EXISTS cells_log (
    slot Int32 CODEC(Delta, ZSTD(1)),
    user_key Nullable(UInt32) CODEC(ZSTD(1)),
    conversation_key Nullable(UInt32) CODEC(ZSTD(1)),
    model_key Nullable(UInt32) CODEC(ZSTD(1)),
    ran_key Nullable(UInt32) CODEC(ZSTD(1)),
    context_key Nullable(UInt32) CODEC(ZSTD(1)),
    agent_key Nullable(UInt32) CODEC(ZSTD(1)),
    certainty Enum8('exact' = 1, 'conversation' = 2, 'nearest' = 3, 'weak' = 4, 'unknown' = 5) CODEC(ZSTD(1)),
    provider_key Nullable(UInt32) CODEC(ZSTD(1)),
    tenant_key Nullable(UInt32) CODEC(ZSTD(1)),
    sentinel Bool CODEC(ZSTD(1)),
    positive_value Bool CODEC(ZSTD(1)),
    default_rate Bool CODEC(ZSTD(1)),
    agent_model Bool CODEC(ZSTD(1)),
    blank Bool CODEC(ZSTD(1)),
    prompt_rate Nullable(Float64) CODEC(ZSTD(1)),
    completion_rate Nullable(Float64) CODEC(ZSTD(1)),
    documents Int32 CODEC(ZSTD(1)),
    calls Int32 CODEC(ZSTD(1)),
    cached_calls Int32 CODEC(ZSTD(1)),
    cost_e6 Int128 CODEC(ZSTD(1)),
    prompt_cost_e6 Int128 CODEC(ZSTD(1)),
    cached_cost_e6 Int128 CODEC(ZSTD(1)),
    prompt_tokens Int128 CODEC(ZSTD(1)),
    completion_tokens Int128 CODEC(ZSTD(1)),
    cached_tokens Int128 CODEC(ZSTD(1)),
    cache_read_tokens Int128 CODEC(ZSTD(1)),
    cache_write_tokens Int128 CODEC(ZSTD(1)),
    first_ms Int32 CODEC(ZSTD(1)),
    last_ms Int32 CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta, ZSTD(1))
) ENGINE = MergeTree
PARTITION BY toYYYYMM(toDate32(intDiv(slot, 96)))
ORDER BY (intDiv(slot, 96), user_key, slot)
SETTINGS allow_nullable_key = 1;

-- From dead_version on, the rows and cells of this slot, conversation and version count no longer. conversation_key is
-- 0 for rows without a conversation.
CREATE TABLE IF NOT EXISTS dead (
    slot Int32, conversation_key UInt32, version UInt64, dead_version UInt64
) ENGINE = MergeTree ORDER BY (slot, conversation_key, version);

-- Each conversation once, and once more when its root changes; the greatest version counts. Only the follower reads it.
CREATE TABLE IF NOT EXISTS conversations_log (
    key UInt32, id String, root_key Nullable(UInt32), version UInt64
) ENGINE = MergeTree ORDER BY (key, version);

-- Rows that are not complete yet, for a working copy that is restored. These tables grow: the rows to read are those
-- from the version in sync_state.tables on. Some of them may be complete by now, and to look at them again is harmless.
CREATE TABLE IF NOT EXISTS unattributed_log (
    id_head UInt64, id_tail UInt32, created_at DateTime64(6, 'UTC'), message Nullable(String),
    conversation Nullable(String), model Nullable(String), recorded_agent Nullable(String), tenant Nullable(String),
    spender Nullable(String), version UInt64
) ENGINE = MergeTree ORDER BY (version, id_head);

CREATE TABLE IF NOT EXISTS told_early_log (
    id_head UInt64, id_tail UInt32, created_at DateTime64(6, 'UTC'), model Nullable(String), endpoint Nullable(String),
    agent Nullable(String), spender Nullable(String), tenant Nullable(String), version UInt64
) ENGINE = MergeTree ORDER BY (version, id_head);

CREATE TABLE IF NOT EXISTS outdated_log (
    id_head UInt64, id_tail UInt32, version UInt64
) ENGINE = MergeTree ORDER BY (version, id_head);

-- The small tables of store/schema.sql, each written whole when it changes. sync_state.tables has the version to read.
-- A version is a partition, so that erased names leave the disk with it.
CREATE TABLE IF NOT EXISTS users_log (
    key UInt32,
    id String,
    name Nullable(String),
    email Nullable(String),
    role Nullable(String),
    balance_e6 Nullable(Int64),
    deleted_at Nullable(DateTime64(6, 'UTC')),
    labelled Bool,
    forgotten Bool,
    tenant Nullable(String),
    reserved_e6 Nullable(Int64),
    refill_enabled Nullable(Bool),
    refill_e6 Nullable(Int64),
    refill_every Nullable(Int32),
    refill_unit Nullable(String),
    refilled_at Nullable(DateTime64(6, 'UTC')),
    debt_e6 Nullable(Int64),
    version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, key) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS groups_log (
    id String, name Nullable(String), deleted_at Nullable(DateTime64(6, 'UTC')), version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, id) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS memberships_log (
    group_id String, user_key UInt32, since DateTime64(6, 'UTC'), until Nullable(DateTime64(6, 'UTC')), assumed Bool,
    version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, user_key, group_id) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS waiting_ends_log (
    group_id String, user_key UInt32, since DateTime64(6, 'UTC'), latest DateTime64(6, 'UTC'), readings Int32,
    version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, user_key, group_id) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS user_traits_log (
    user_key UInt32, trait Enum8('domain' = 1, 'role' = 2), value String, since DateTime64(6, 'UTC'),
    until Nullable(DateTime64(6, 'UTC')), assumed Bool, version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, user_key) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS agents_log (
    key UInt32,
    id String,
    name Nullable(String),
    model Nullable(String),
    model_key Nullable(UInt32),
    provider Nullable(String),
    deleted_at Nullable(DateTime64(6, 'UTC')),
    labelled Bool,
    tenant Nullable(String),
    version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, key) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS agent_versions_log (
    agent_key UInt32, since DateTime64(6, 'UTC'), until DateTime64(6, 'UTC'), model_key Nullable(UInt32),
    provider Nullable(String), version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, agent_key, since) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS models_log (
    key UInt32, id String, agent Nullable(String), unpriced Bool, version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, key) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS contexts_log (
    key UInt32, id String, version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, key) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS providers_log (
    key UInt32, id String, version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, key) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS tenants_log (
    key UInt32, id String, version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, key) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS gone_log (
    id_head UInt64, id_tail UInt32, version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, id_head) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS refused_log (
    id String, reason String, noticed_at DateTime64(6, 'UTC'), version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, id) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS audits_log (
    kind Enum8('counts' = 1, 'ids' = 2), started_at DateTime64(6, 'UTC'), ended_at DateTime64(6, 'UTC'),
    documents Int64, added Int64, gone Nullable(Int64), version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, kind) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS alerts_log (
    id String, rule String, subject String, period String, level Nullable(Int32), opened_at DateTime64(6, 'UTC'),
    resolved_at Nullable(DateTime64(6, 'UTC')), facts String, version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, id) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS deliveries_log (
    alert_id String, receiver String, occasion Enum8('opened' = 1, 'resolved' = 2),
    state Enum8('waiting' = 1, 'sent' = 2, 'failed' = 3, 'dropped' = 4), queued_at DateTime64(6, 'UTC'),
    next_try Nullable(DateTime64(6, 'UTC')), attempts Int32, tried_at Nullable(DateTime64(6, 'UTC')),
    last_answer Nullable(String), version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, alert_id) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS silences_log (
    rule String, subject String, until DateTime64(6, 'UTC'), reason String, silenced_at DateTime64(6, 'UTC'),
    silenced_by String, version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, rule, subject) SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS evaluation_marks_log (
    name String, value String, version UInt64
) ENGINE = MergeTree PARTITION BY version ORDER BY (version, name) SETTINGS old_parts_lifetime = 60;

-- One row is one commit; the greatest version is the newest state. No TTL: it would take the last row of a follower
-- that rests.
CREATE TABLE IF NOT EXISTS sync_state (
    version UInt64,
    committed_at DateTime64(3, 'UTC') DEFAULT now64(3), -- on the server, when this row was inserted
    ledger UUID,                                    -- the same as in the working copy, however often it is copied
    follower String,                                -- the process that wrote the commit
    schema_version UInt32,                          -- of this file
    program_version String,
    clean_until UInt64,                             -- all rows of versions up to this one count
    eras Array(UInt64),                             -- which greater versions count; commit.py says how
    tables Map(String, UInt64),                     -- the version under which each small table is to be read
    cells_since UInt64,                             -- cells of older versions do not count
    first_dead_slot Nullable(Int32),                -- no slot before it has rows or cells in `dead`; NULL: none has
    as_of_version UInt64,                           -- of the last commit that moved as_of
    changed_at DateTime64(3, 'UTC'),                -- when the newest change began; no row is younger
    unattributed UInt64,                            -- how many rows have no agent yet
    documents UInt64,                               -- how many rows there are
    summed_until Nullable(Int32),                   -- from here on as in store/schema.sql
    last_user_key UInt32,
    last_conversation_key UInt32,
    last_model_key UInt32,
    last_agent_key UInt32,
    oldest_id Nullable(String),
    newest_id Nullable(String),
    history_complete Bool,
    as_of Nullable(DateTime64(6, 'UTC')),
    last_sync Nullable(DateTime64(6, 'UTC')),
    source_name Nullable(String),
    expected_documents Nullable(Int64),
    memberships_since Nullable(DateTime64(6, 'UTC')),
    domains_since Nullable(DateTime64(6, 'UTC')),
    roles_since Nullable(DateTime64(6, 'UTC')),
    tenants_read Bool,
    agents_as_of Nullable(DateTime64(6, 'UTC')),
    rows_read Nullable(Int64),
    read_one_by_one Nullable(Int64),
    attributed_one_by_one Nullable(Int64)
) ENGINE = MergeTree ORDER BY version;

-- The last sign of life of each follower.
CREATE TABLE IF NOT EXISTS followers (
    follower String,
    at DateTime64(3, 'UTC') DEFAULT now64(3),       -- on the server
    source_status String,
    progress Nullable(Float64),                     -- from 0 to 1, while the history is read
    is_foreign Bool,                                -- the source is not the one of the ledger
    audit_kind Nullable(String),                    -- NULL unless an audit is running
    audit_progress Nullable(Float64),
    program_version String,
    is_at_work Bool DEFAULT true                    -- false once it has stopped
) ENGINE = ReplacingMergeTree(at) ORDER BY follower;

-- What web processes and the command line ask of the follower, and what came of it. Rows may name a person, so they are
-- deleted after a day at the latest.
CREATE TABLE IF NOT EXISTS requests (
    id UUID,
    kind String,
    arguments String,                               -- as JSON
    asked_at DateTime64(3, 'UTC') DEFAULT now64(3)  -- on the server
) ENGINE = MergeTree ORDER BY asked_at TTL toDateTime(asked_at) + INTERVAL 1 DAY;

CREATE TABLE IF NOT EXISTS answers (
    id UUID,
    is_done Bool,                                   -- false: refused, or it failed
    text String,
    answered_at DateTime64(3, 'UTC') DEFAULT now64(3) -- on the server
) ENGINE = MergeTree ORDER BY answered_at TTL toDateTime(answered_at) + INTERVAL 1 DAY;
