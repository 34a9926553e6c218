-- Adds tenants, the history of memberships and traits, balances with their refills, the name of LibreChat's database,
-- and audits.
ALTER TABLE users ADD COLUMN tenant VARCHAR;
ALTER TABLE users ADD COLUMN reserved_e6 BIGINT;
ALTER TABLE users ADD COLUMN refill_enabled BOOLEAN;
ALTER TABLE users ADD COLUMN refill_e6 BIGINT;
ALTER TABLE users ADD COLUMN refill_every INTEGER;
ALTER TABLE users ADD COLUMN refill_unit VARCHAR;
ALTER TABLE users ADD COLUMN refilled_at TIMESTAMP;
ALTER TABLE users ADD COLUMN debt_e6 BIGINT;
ALTER TABLE groups ADD COLUMN deleted_at TIMESTAMP;

-- Assumes that today's memberships and traits were true before.
CREATE TABLE dated_memberships (
    group_id VARCHAR NOT NULL,
    user_key UINTEGER NOT NULL,
    since TIMESTAMP NOT NULL,
    until TIMESTAMP,
    assumed BOOLEAN NOT NULL
);
INSERT INTO dated_memberships
SELECT group_id, user_key, coalesce(last_sync, TIMESTAMP '2000-01-01'), NULL, true
FROM memberships CROSS JOIN sync_state;
DROP TABLE memberships;
ALTER TABLE dated_memberships RENAME TO memberships;
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
INSERT INTO user_traits
SELECT key, 'domain', lower(split_part(email, '@', -1)), coalesce(last_sync, TIMESTAMP '2000-01-01'), NULL, true
FROM users CROSS JOIN sync_state WHERE contains(email, '@') AND NOT ends_with(email, '@');
INSERT INTO user_traits
SELECT key, 'role', role, coalesce(last_sync, TIMESTAMP '2000-01-01'), NULL, true
FROM users CROSS JOIN sync_state WHERE role IS NOT NULL;

ALTER TABLE agents ADD COLUMN tenant VARCHAR;
CREATE TABLE tenants (key UINTEGER NOT NULL, id VARCHAR NOT NULL);
DROP VIEW usage;
ALTER TABLE transactions ADD COLUMN tenant_key UINTEGER;
ALTER TABLE unattributed ADD COLUMN tenant VARCHAR;
ALTER TABLE unattributed ADD COLUMN spender VARCHAR;

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

ALTER TABLE conversations ADD COLUMN root_key UINTEGER;

CREATE TABLE outdated (id_head UBIGINT NOT NULL, id_tail UINTEGER NOT NULL);
INSERT INTO outdated
SELECT id_head, id_tail FROM transactions WHERE usage_type = 'other' ORDER BY id_head, id_tail;

CREATE TABLE gone (id_head UBIGINT NOT NULL, id_tail UINTEGER NOT NULL);

ALTER TABLE sync_state ADD COLUMN source_name VARCHAR;
ALTER TABLE sync_state ADD COLUMN expected_documents BIGINT;
ALTER TABLE sync_state ADD COLUMN memberships_since TIMESTAMP;
ALTER TABLE sync_state ADD COLUMN domains_since TIMESTAMP;
ALTER TABLE sync_state ADD COLUMN roles_since TIMESTAMP;
UPDATE sync_state SET
    memberships_since = (SELECT coalesce(last_sync, TIMESTAMP '2000-01-01') FROM groups LIMIT 1),
    domains_since = (SELECT min(since) FROM user_traits WHERE trait = 'domain'),
    roles_since = (SELECT min(since) FROM user_traits WHERE trait = 'role');
ALTER TABLE sync_state ADD COLUMN tenants_read BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE sync_state ADD COLUMN agents_as_of TIMESTAMP;
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
    agent_key, certainty, provider_key, tenant_key,
    CASE WHEN sentinel OR positive_value THEN 0 ELSE credits_e6 END AS cost_e6
FROM transactions
WHERE usage_type <> 'other';
