-- A store as version 4 of the schema had it, with rows of every kind. It stays as it is, so that each later program must
-- be able to open it.

CREATE TABLE users (
    key UINTEGER NOT NULL,
    id VARCHAR NOT NULL,
    name VARCHAR,
    email VARCHAR,
    role VARCHAR,
    balance_e6 BIGINT,
    deleted_at TIMESTAMP,
    labelled BOOLEAN NOT NULL DEFAULT false,
    forgotten BOOLEAN NOT NULL DEFAULT false,
    tenant VARCHAR,
    reserved_e6 BIGINT,
    refill_enabled BOOLEAN,
    refill_e6 BIGINT,
    refill_every INTEGER,
    refill_unit VARCHAR,
    refilled_at TIMESTAMP,
    debt_e6 BIGINT
);

CREATE TABLE groups (
    id VARCHAR NOT NULL,
    name VARCHAR,
    deleted_at TIMESTAMP
);

CREATE TABLE memberships (
    group_id VARCHAR NOT NULL,
    user_key UINTEGER NOT NULL,
    since TIMESTAMP NOT NULL,
    until TIMESTAMP,
    assumed BOOLEAN NOT NULL
);

CREATE TABLE waiting_ends (
    group_id VARCHAR NOT NULL,
    user_key UINTEGER NOT NULL,
    since TIMESTAMP NOT NULL,
    latest TIMESTAMP NOT NULL,
    readings INTEGER NOT NULL
);

CREATE TYPE user_trait AS ENUM('domain', 'role');
CREATE TABLE user_traits (
    user_key UINTEGER NOT NULL,
    trait user_trait NOT NULL,
    value VARCHAR NOT NULL,
    since TIMESTAMP NOT NULL,
    until TIMESTAMP,
    assumed BOOLEAN NOT NULL
);

CREATE TABLE agents (
    key UINTEGER NOT NULL,
    id VARCHAR NOT NULL,
    name VARCHAR,
    model VARCHAR,
    model_key UINTEGER,
    provider VARCHAR,
    deleted_at TIMESTAMP,
    labelled BOOLEAN NOT NULL DEFAULT false,
    tenant VARCHAR
);

CREATE TABLE agent_versions (
    agent_key UINTEGER NOT NULL,
    since TIMESTAMP NOT NULL,
    until TIMESTAMP NOT NULL,
    model_key UINTEGER,
    provider VARCHAR
);

CREATE TABLE models (
    key UINTEGER NOT NULL,
    id VARCHAR NOT NULL,
    agent VARCHAR,
    unpriced BOOLEAN NOT NULL DEFAULT false
);
CREATE TABLE conversations (
    key UINTEGER NOT NULL,
    id VARCHAR NOT NULL,
    root_key UINTEGER
);
CREATE TABLE contexts (key UINTEGER NOT NULL, id VARCHAR NOT NULL);
CREATE TABLE providers (key UINTEGER NOT NULL, id VARCHAR NOT NULL);
CREATE TABLE tenants (key UINTEGER NOT NULL, id VARCHAR NOT NULL);

CREATE TYPE usage_type AS ENUM('prompt', 'completion', 'other');
CREATE TYPE certainty AS ENUM('exact', 'conversation', 'nearest', 'weak', 'unknown');

CREATE TABLE transactions (
    id_head UBIGINT NOT NULL,
    id_tail UINTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    slot INTEGER NOT NULL,
    user_key UINTEGER,
    conversation_key UINTEGER,
    model_key UINTEGER,
    context_key UINTEGER,
    usage_type usage_type NOT NULL,
    other_token_type VARCHAR,
    rate DOUBLE,
    tokens BIGINT NOT NULL,
    credits_e6 HUGEINT NOT NULL,
    cache_read_tokens BIGINT NOT NULL,
    cache_write_tokens BIGINT NOT NULL,
    structured BOOLEAN NOT NULL,
    sentinel BOOLEAN NOT NULL,
    positive_value BOOLEAN NOT NULL,
    default_rate BOOLEAN NOT NULL,
    agent_model BOOLEAN NOT NULL,
    agent_key UINTEGER,
    certainty certainty NOT NULL,
    provider_key UINTEGER,
    tenant_key UINTEGER,
    ran_key UINTEGER,
    paired BOOLEAN NOT NULL DEFAULT false
);

CREATE TABLE cells (
    slot INTEGER NOT NULL,
    user_key UINTEGER,
    conversation_key UINTEGER,
    model_key UINTEGER,
    ran_key UINTEGER,
    context_key UINTEGER,
    agent_key UINTEGER,
    certainty certainty NOT NULL,
    provider_key UINTEGER,
    tenant_key UINTEGER,
    sentinel BOOLEAN NOT NULL,
    positive_value BOOLEAN NOT NULL,
    default_rate BOOLEAN NOT NULL,
    agent_model BOOLEAN NOT NULL,
    blank BOOLEAN NOT NULL,
    prompt_rate DOUBLE,
    completion_rate DOUBLE,
    documents INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    cached_calls INTEGER NOT NULL,
    cost_e6 HUGEINT NOT NULL,
    prompt_cost_e6 HUGEINT NOT NULL,
    cached_cost_e6 HUGEINT NOT NULL,
    prompt_tokens HUGEINT NOT NULL,
    completion_tokens HUGEINT NOT NULL,
    cached_tokens HUGEINT NOT NULL,
    cache_read_tokens HUGEINT NOT NULL,
    cache_write_tokens HUGEINT NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL
);

CREATE TABLE unattributed (
    id_head UBIGINT NOT NULL,
    id_tail UINTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    message VARCHAR,
    conversation VARCHAR,
    model VARCHAR,
    recorded_agent VARCHAR,
    tenant VARCHAR,
    spender VARCHAR
);

CREATE TABLE told_early (
    id_head UBIGINT NOT NULL,
    id_tail UINTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    model VARCHAR,
    endpoint VARCHAR,
    agent VARCHAR,
    spender VARCHAR,
    tenant VARCHAR
);

CREATE TABLE outdated (id_head UBIGINT NOT NULL, id_tail UINTEGER NOT NULL);

CREATE TABLE gone (id_head UBIGINT NOT NULL, id_tail UINTEGER NOT NULL);

CREATE TABLE refused (id VARCHAR NOT NULL, reason VARCHAR NOT NULL, noticed_at TIMESTAMP NOT NULL);

CREATE TABLE sync_state (
    schema_version INTEGER NOT NULL,
    oldest_id VARCHAR,
    newest_id VARCHAR,
    history_complete BOOLEAN NOT NULL,
    as_of TIMESTAMP,
    last_sync TIMESTAMP,
    written_by VARCHAR,
    source_name VARCHAR,
    expected_documents BIGINT,
    memberships_since TIMESTAMP,
    domains_since TIMESTAMP,
    roles_since TIMESTAMP,
    tenants_read BOOLEAN NOT NULL DEFAULT false,
    agents_as_of TIMESTAMP,
    summed_until INTEGER,
    rows_read BIGINT,
    read_one_by_one BIGINT,
    attributed_one_by_one BIGINT
);

CREATE TYPE audit_kind AS ENUM('counts', 'ids');
CREATE TABLE audits (
    kind audit_kind NOT NULL,
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP NOT NULL,
    documents BIGINT NOT NULL,
    added BIGINT NOT NULL,
    gone BIGINT
);

CREATE VIEW usage AS
SELECT
    id_head, id_tail, created_at, slot, user_key, conversation_key, model_key, context_key, usage_type, rate, tokens,
    cache_read_tokens, cache_write_tokens, structured, sentinel, positive_value, default_rate, agent_model,
    agent_key, certainty, provider_key, tenant_key, ran_key, paired,
    CASE WHEN sentinel OR positive_value THEN 0 ELSE credits_e6 END AS cost_e6
FROM transactions
WHERE usage_type <> 'other';

INSERT INTO agent_versions VALUES
    (1, '2025-08-01 10:00:00', '2026-03-02 08:00:00', 2, 'anthropic'),
    (1, '2026-03-02 08:00:00', '2200-01-01 00:00:00', 1, 'anthropic');

INSERT INTO agents VALUES
    (1, 'agent_8aWN5tLYRAdtV8knVWmod', 'Research Helper', 'claude-sonnet-4-6', 1, 'anthropic', NULL, true, NULL),
    (2, 'agent_Qm7_-xT2bLr9yKcE0dWpZ', 'Old Agent', NULL, NULL, NULL, '2026-11-24 13:01:00', false, NULL);

INSERT INTO audits VALUES
    ('ids', '2026-11-24 13:01:00', '2026-11-24 13:01:00', 20, 0, 0);

INSERT INTO cells VALUES
    (1885706, 1, 5, 12, 12, 1, NULL, 'unknown', 3, NULL, false, false, false, false, false, NULL, 60.0, 1, 0, 0, 15000000000, 0, 0, 0, 250, 0, 0, 0, 0, 0),
    (1899592, 1, 9, 7, 7, 1, NULL, 'unknown', NULL, NULL, true, true, false, false, false, -1000000.0, NULL, 1, 1, 0, 0, 0, 0, 14, 0, 0, 0, 0, 120, 120),
    (1959584, 2, 8, NULL, NULL, 6, NULL, 'unknown', NULL, NULL, false, false, false, false, false, NULL, 1.15, 1, 0, 0, 116000000, 0, 0, 0, 101, 0, 0, 0, 235300, 235300),
    (1966818, 2, 4, 11, 11, 1, 2, 'exact', NULL, NULL, false, false, true, true, false, 6.0, NULL, 1, 1, 0, 14400000000, 14400000000, 0, 2400, 0, 0, 0, 0, 607551, 607551),
    (1988196, 1, 1, 1, 1, 1, 1, 'exact', 2, NULL, false, false, false, false, false, 3.0, 15.0, 3, 2, 1, 63084000000, 50904000000, 5202000000, 30468, 812, 15234, 15000, 0, 751404, 842118),
    (1988196, 1, 1, 6, 6, 3, 1, 'exact', 3, NULL, false, false, false, false, false, 0.15, NULL, 1, 1, 0, 61800000, 61800000, 0, 412, 0, 0, 0, 0, 754020, 754020),
    (1988196, 1, 1, 10, 10, 5, 1, 'exact', 2, NULL, false, false, false, false, false, 1.0, NULL, 1, 1, 0, 5200000000, 5200000000, 0, 5200, 0, 0, 0, 0, 842118, 842118),
    (1988300, 2, 3, 5, 5, 1, NULL, 'unknown', 3, NULL, false, false, false, false, false, 2.5, NULL, 1, 1, 0, 7750000000, 7750000000, 0, 3100, 0, 0, 0, 0, 41090, 41090),
    (1988405, 2, 2, 4, 4, 1, NULL, 'exact', 4, NULL, false, false, true, false, false, 6.0, NULL, 1, 1, 0, 58800000000, 58800000000, 0, 9800, 0, 0, 0, 0, 439777, 439777),
    (1988479, 2, 2, 9, 9, 1, NULL, 'exact', 4, NULL, false, false, false, false, false, 0.0, NULL, 1, 1, 0, 0, 0, 0, 700, 0, 0, 0, 0, 12900, 12900),
    (1988604, 1, 1, 3, 3, 2, 1, 'exact', 1, NULL, false, false, false, false, false, NULL, 120.0, 1, 0, 0, 134400000000, 0, 0, 0, 1120, 0, 0, 0, 622000, 622000),
    (1988604, 1, 1, 8, 8, 1, 1, 'exact', 3, NULL, false, false, false, false, false, 5.0, NULL, 1, 1, 0, 1500000000000, 1500000000000, 0, 300000, 0, 0, 0, 0, 600250, 600250),
    (1995024, 3, 7, 1, 1, 1, NULL, 'unknown', 2, NULL, false, false, false, false, false, 3.0, NULL, 1, 1, 0, 3000000000, 3000000000, 0, 1000, 0, 0, 0, 0, 0, 0),
    (1995024, 4, 7, 1, 1, 3, NULL, 'unknown', 2, NULL, false, false, false, false, false, NULL, 3.0, 1, 0, 0, 3000000000, 0, 0, 0, 1000, 0, 0, 0, 0, 0),
    (1995024, NULL, NULL, NULL, NULL, NULL, NULL, 'unknown', NULL, NULL, false, false, false, false, false, 3.0, NULL, 1, 1, 0, 3000000000, 3000000000, 0, 1000, 0, 0, 0, 0, 0, 0);

INSERT INTO contexts VALUES
    (1, 'message'),
    (2, 'image_generation'),
    (3, 'title'),
    (4, 'autoRefill'),
    (5, 'subagent'),
    (6, 'incomplete');

INSERT INTO conversations VALUES
    (1, '3f6f0f7e-6c1b-4a55-9a0e-2d0c8a6f1b01', 1),
    (2, '5e0d4f1a-3333-4e9a-b0c2-1a2b3c4d5e04', 2),
    (3, 'c7b5c7d2-2222-4c0e-9d11-7fae5a1b2c03', 3),
    (4, 'a2d0b1de-1111-4b7e-8a55-0c1f7e6d9b02', 4),
    (5, '0f0e0d0c-4444-4b3a-9a8b-7c6d5e4f3a05', NULL),
    (6, 'conversation-1', NULL),
    (7, 'c-2', NULL),
    (8, 'd1e1e7ed-5555-4d0a-8b1c-0a0b0c0d0e06', NULL),
    (9, 'd1e1e7ed-6666-4d0a-8b1c-0a0b0c0d0e07', NULL);

INSERT INTO groups VALUES
    ('6b057c400000000000000006', 'Finance', NULL);

INSERT INTO memberships VALUES
    ('6b057c400000000000000006', 1, '2026-11-24 13:01:00', NULL, true),
    ('6b057c400000000000000006', 2, '2026-11-24 13:01:00', NULL, true);

INSERT INTO models VALUES
    (1, 'claude-sonnet-4-6', NULL, false),
    (2, 'claude-sonnet-4-5', NULL, false),
    (3, 'gemini-3-pro-image-preview', NULL, false),
    (4, 'acme-internal-70b', NULL, true),
    (5, 'gpt-4o', NULL, false),
    (6, 'gpt-4o-mini', NULL, false),
    (7, 'openrouter/auto', NULL, false),
    (8, 'gpt-5.4', NULL, false),
    (9, 'local-llama', NULL, false),
    (10, 'claude-haiku-4-5', NULL, false),
    (11, 'agent_Qm7_-xT2bLr9yKcE0dWpZ', 'agent_Qm7_-xT2bLr9yKcE0dWpZ', false),
    (12, 'gpt-4', NULL, false);

INSERT INTO providers VALUES
    (1, 'google'),
    (2, 'anthropic'),
    (3, 'openAI'),
    (4, 'acme');

INSERT INTO refused VALUES
    ('6b057c400000000000000005', 'rawAmount is no finite number', '2026-11-24 13:01:00');

INSERT INTO sync_state VALUES
    (4, '65283b289f3b21c7d4a1000a', '6b0583480000000000000003', true, '2026-11-24 13:01:00', '2026-11-24 13:01:00', '1.0.0', 'mongodb:27017/LibreChat', 20, '2026-11-24 13:01:00', '2026-11-24 13:01:00', '2026-11-24 13:01:00', true, '2026-11-24 13:01:00', 1995025, NULL, NULL, NULL);

INSERT INTO transactions VALUES
    (7289141042555331015, 3567321098, '2023-10-12 18:30:00', 1885706, 1, 5, 12, 1, 'completion', NULL, 60.0, 250, 15000000000, 0, 0, false, false, false, false, false, NULL, 'unknown', 3, NULL, 12, false),
    (7342816966840361415, 3567321099, '2024-03-05 10:00:00.120000', 1899592, 1, 9, 7, 1, 'prompt', NULL, -1000000.0, 14, -14000000000000, 0, 0, false, true, true, false, false, NULL, 'unknown', NULL, NULL, 7, false),
    (7574715286377144775, 3567321094, '2025-11-20 08:03:55.300000', 1959584, 2, 8, NULL, 6, 'completion', NULL, 1.15, 101, 116000000, 0, 0, false, false, false, false, false, NULL, 'unknown', NULL, NULL, NULL, false),
    (7602679698182316487, 3567321093, '2026-02-03 16:40:07.551000', 1966818, 2, 4, 11, 1, 'prompt', NULL, 6.0, 2400, 14400000000, 0, 0, false, false, false, true, true, 2, 'exact', NULL, NULL, 11, false),
    (7685316346426106311, 3567321088, '2026-09-14 09:12:31.404000', 1988196, 1, 1, 1, 1, 'prompt', NULL, 3.0, 15234, 45702000000, 0, 0, false, false, false, false, false, 1, 'exact', 2, NULL, 1, false),
    (7685316346426106311, 3567321089, '2026-09-14 09:12:31.404000', 1988196, 1, 1, 1, 1, 'completion', NULL, 15.0, 812, 12180000000, 0, 0, false, false, false, false, false, 1, 'exact', 2, NULL, 1, false),
    (7685316359311008199, 3567321091, '2026-09-14 09:12:34.020000', 1988196, 1, 1, 6, 3, 'prompt', NULL, 0.15, 412, 61800000, 0, 0, false, false, false, false, false, 1, 'exact', 3, NULL, 6, false),
    (7685316737268130247, 3567321090, '2026-09-14 09:14:02.118000', 1988196, 1, 1, 1, 1, 'prompt', NULL, 0.34147302087436, 15234, 5202000000, 15000, 0, true, false, false, false, false, 1, 'exact', 2, NULL, 1, false),
    (7685316737268130247, 3567321092, '2026-09-14 09:14:02.118000', 1988196, 1, 1, 10, 5, 'prompt', NULL, 1.0, 5200, 5200000000, 0, 0, false, false, false, false, false, 1, 'exact', 2, NULL, 10, false),
    (7685715305938231751, 3567321095, '2026-09-15 11:00:41.090000', 1988300, 2, 3, 5, 1, 'prompt', NULL, 2.5, 3100, 7750000000, 0, 0, false, false, false, false, false, NULL, 'unknown', 3, NULL, 5, false),
    (7685916147198927303, 3567321097, '2026-09-16 00:00:03.004000', 1988352, 2, NULL, NULL, 4, 'other', 'credits', 1.0, 0, -20000000000000, 0, 0, false, false, true, false, false, NULL, 'unknown', NULL, NULL, NULL, false),
    (7686122889744687559, 3567321096, '2026-09-16 13:22:19.777000', 1988405, 2, 2, 4, 1, 'prompt', NULL, 6.0, 9800, 58800000000, 0, 0, false, false, false, true, false, NULL, 'exact', 4, NULL, 4, false),
    (7686407100615565767, 3567321100, '2026-09-17 07:45:12.900000', 1988479, 2, 2, 9, 1, 'prompt', NULL, 0.0, 700, 0, 0, 0, false, false, false, false, false, NULL, 'exact', 4, NULL, 9, false),
    (7686892809877135815, 3567321101, '2026-09-18 15:10:00.250000', 1988604, 1, 1, 8, 1, 'prompt', NULL, 5.0, 300000, 1500000000000, 0, 0, false, false, false, false, false, 1, 'exact', 3, NULL, 8, false),
    (7686892904366416327, 3567321102, '2026-09-18 15:10:22', 1988604, 1, 1, 3, 2, 'completion', NULL, 120.0, 1120, 134400000000, 0, 0, false, false, false, false, false, 1, 'exact', 1, NULL, 3, false),
    (7711706551261593600, 1, '2026-11-24 12:00:00', 1995024, 3, 7, 1, 1, 'prompt', NULL, 3.0, 1000, 3000000000, 0, 0, false, false, false, false, false, NULL, 'unknown', 2, NULL, 1, false),
    (7711706551261593600, 2, '2026-11-24 12:00:00', 1995024, 4, 7, 1, 3, 'completion', NULL, 3.0, 1000, 3000000000, 0, 0, false, false, false, false, false, NULL, 'unknown', 2, NULL, 1, false),
    (7711706551261593600, 3, '2026-11-24 12:00:00', 1995024, NULL, NULL, NULL, NULL, 'prompt', NULL, 3.0, 1000, 3000000000, 0, 0, false, false, false, false, false, NULL, 'unknown', NULL, NULL, NULL, false),
    (7711706551261593600, 4, '2026-11-24 12:00:00', 1995024, 1, 6, 1, 1, 'other', 'image_count', 3.0, 0, 3000000000, 0, 0, false, false, false, false, false, NULL, 'unknown', 2, NULL, 1, false),
    (7711713766806650880, 1, '2026-11-24 12:28:00', 1995025, 1, 6, 1, 1, 'prompt', NULL, 3.0, 1000, 3000000000, 0, 0, false, false, false, false, false, NULL, 'unknown', 2, NULL, 1, false),
    (7711714024504688640, 2, '2026-11-24 12:29:00', 1995025, 1, 6, 1, 1, 'prompt', NULL, 3.0, 1000, 3000000000, 0, 0, false, false, false, false, false, NULL, 'unknown', 2, NULL, 1, false),
    (7711714282202726400, 3, '2026-11-24 12:30:00', 1995026, 1, 6, 1, 1, 'prompt', NULL, 3.0, 1000, 3000000000, 0, 0, false, false, false, false, false, NULL, 'unknown', 2, NULL, 1, false);

INSERT INTO unattributed VALUES
    (7711713766806650880, 1, '2026-11-24 12:28:00', NULL, 'conversation-1', 'claude-sonnet-4-6', NULL, NULL, NULL),
    (7711714024504688640, 2, '2026-11-24 12:29:00', NULL, 'conversation-1', 'claude-sonnet-4-6', NULL, NULL, NULL),
    (7711714282202726400, 3, '2026-11-24 12:30:00', NULL, 'conversation-1', 'claude-sonnet-4-6', NULL, NULL, NULL);

INSERT INTO user_traits VALUES
    (1, 'domain', 'example.com', '2026-11-24 13:01:00', NULL, true),
    (1, 'role', 'ADMIN', '2026-11-24 13:01:00', NULL, true),
    (2, 'domain', 'example.com', '2026-11-24 13:01:00', NULL, true),
    (2, 'role', 'USER', '2026-11-24 13:01:00', NULL, true),
    (4, 'domain', 'example.com', '2026-11-24 13:01:00', NULL, true);

INSERT INTO users VALUES
    (1, '65010c00c2d3e4f501020304', 'Ana Kovac', 'ana@example.com', 'ADMIN', NULL, NULL, true, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (2, '670a11bbccddeeff00112233', 'Bob Li', 'bob@example.com', 'USER', 19990000500000, NULL, true, false, NULL, NULL, true, 20000000000000, 30, 'days', '2026-09-16 00:00:03.004000', NULL),
    (3, '68aa11bbccddeeff00112244', NULL, NULL, NULL, NULL, NULL, true, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, '68aa11bbccddeeff00112255', 'Gus', 'gus@example.com', NULL, NULL, '2026-11-24 13:01:00', true, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
