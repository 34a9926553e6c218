-- The columnar mirror of the ledger. Small integer keys instead of texts: a third of the disk, half the time.
-- What is changed here takes a higher SCHEMA_VERSION and a file in migrations/ that does the same to a store that exists.

CREATE TABLE users (
    key        UINTEGER NOT NULL,
    id         VARCHAR NOT NULL,           -- 24 hex digits
    name       VARCHAR,
    email      VARCHAR,
    role       VARCHAR,
    balance_e6 BIGINT,                     -- millionths of a credit left, where balances are kept
    deleted_at TIMESTAMP,                  -- first seen missing
    labelled   BOOLEAN NOT NULL DEFAULT false,
    forgotten  BOOLEAN NOT NULL DEFAULT false, -- names were erased for good
    tenant     VARCHAR,                    -- of a deployment that serves several
    reserved_e6 BIGINT,                    -- millionths of a credit of the balance that are reserved
    refill_enabled BOOLEAN,                -- the balance is filled up by itself, by refill_e6 ...
    refill_e6  BIGINT,
    refill_every INTEGER,                  -- ... after so many of
    refill_unit VARCHAR,                   -- seconds, minutes, hours, days, weeks or months
    refilled_at TIMESTAMP,                 -- last filled up
    debt_e6    BIGINT                      -- millionths of a credit that the balance could not bear and that are owed
);

CREATE TABLE groups (
    id         VARCHAR NOT NULL,
    name       VARCHAR,                    -- last known, kept after deletion
    deleted_at TIMESTAMP                   -- first seen missing
);

-- Who belonged to which group from the first reading with it to the first without it; `until` is NULL while it holds.
-- Who is deleted from LibreChat stays in the groups that they were in at last.
CREATE TABLE memberships (
    group_id   VARCHAR NOT NULL,
    user_key   UINTEGER NOT NULL,
    since      TIMESTAMP NOT NULL,
    until      TIMESTAMP,
    assumed    BOOLEAN NOT NULL            -- was there at the first reading, so it may have held before
);

-- Memberships that still hold although the last readings were without them: too many were missing at once.
CREATE TABLE waiting_ends (
    group_id   VARCHAR NOT NULL,
    user_key   UINTEGER NOT NULL,
    since      TIMESTAMP NOT NULL,         -- the first of the readings without it, one after the other
    latest     TIMESTAMP NOT NULL,         -- the last of them
    readings   INTEGER NOT NULL            -- how many they are
);

-- The e-mail domain and the role of a user from when to when, as memberships.
CREATE TYPE user_trait AS ENUM ('domain', 'role');
CREATE TABLE user_traits (
    user_key   UINTEGER NOT NULL,
    trait      user_trait NOT NULL,
    value      VARCHAR NOT NULL,           -- domains in lower case
    since      TIMESTAMP NOT NULL,
    until      TIMESTAMP,
    assumed    BOOLEAN NOT NULL
);

CREATE TABLE agents (
    key        UINTEGER NOT NULL,
    id         VARCHAR NOT NULL,
    name       VARCHAR,                    -- last known, kept after deletion
    model      VARCHAR,                    -- today's, or the last known one
    model_key  UINTEGER,                   -- the same, where it is a model
    provider   VARCHAR,
    deleted_at TIMESTAMP,
    labelled   BOOLEAN NOT NULL DEFAULT false,
    tenant     VARCHAR                     -- ids are unique within a tenant only
);

-- What an agent ran on from an instant on, until the next.
CREATE TABLE agent_versions (
    agent_key  UINTEGER NOT NULL,
    since      TIMESTAMP NOT NULL,
    until      TIMESTAMP NOT NULL,
    model_key  UINTEGER,
    provider   VARCHAR
);

CREATE TABLE models (
    key        UINTEGER NOT NULL,
    id         VARCHAR NOT NULL,           -- as recorded
    agent      VARCHAR,                    -- the agent, where its id stands in the place of a model
    unpriced   BOOLEAN NOT NULL DEFAULT false -- a row proves that LibreChat had no price for it
);
CREATE TABLE conversations (
    key        UINTEGER NOT NULL,
    id         VARCHAR NOT NULL,
    root_key   UINTEGER                    -- the conversation that it counts with, most often itself; NULL: not asked
);
CREATE TABLE contexts (key UINTEGER NOT NULL, id VARCHAR NOT NULL);
CREATE TABLE providers (key UINTEGER NOT NULL, id VARCHAR NOT NULL);
CREATE TABLE tenants (key UINTEGER NOT NULL, id VARCHAR NOT NULL);

CREATE TYPE usage_type AS ENUM ('prompt', 'completion', 'other');
CREATE TYPE certainty AS ENUM ('exact', 'conversation', 'nearest', 'weak', 'unknown');

-- One row per ledger document. No key and no index: a batch is joined against the rows of its own range of
-- ids, which costs less than a key does. An id's twelve bytes are two numbers because numbers compress.
CREATE TABLE transactions (
    id_head           UBIGINT NOT NULL,
    id_tail           UINTEGER NOT NULL,
    created_at        TIMESTAMP NOT NULL,  -- UTC
    slot              INTEGER NOT NULL,    -- quarter of an hour since 1970: every zone's days begin on one
    user_key          UINTEGER,
    conversation_key  UINTEGER,
    model_key         UINTEGER,
    context_key       UINTEGER,
    usage_type        usage_type NOT NULL,
    other_token_type  VARCHAR,             -- of rows that are no usage: credits, and units other than tokens
    rate              DOUBLE,              -- USD per million tokens, as recorded
    tokens            BIGINT NOT NULL,     -- 0 where it is no usage
    credits_e6        HUGEINT NOT NULL,    -- millionths of a credit that were spent, negative where they were given:
                                           -- sums are exact in any order
    cache_read_tokens BIGINT NOT NULL,
    cache_write_tokens BIGINT NOT NULL,
    structured        BOOLEAN NOT NULL,    -- has cache parts; its rate is a weighted mean
    sentinel          BOOLEAN NOT NULL,    -- its rate is a mark, no price
    positive_value    BOOLEAN NOT NULL,    -- recorded as a gain
    default_rate      BOOLEAN NOT NULL,    -- at the rate of models without a price
    agent_model       BOOLEAN NOT NULL,    -- an agent's id was recorded as its model
    agent_key         UINTEGER,
    certainty         certainty NOT NULL,
    provider_key      UINTEGER,
    tenant_key        UINTEGER
);

-- Rows whose agent has not been asked for yet, or whose answer may still be saved.
CREATE TABLE unattributed (
    id_head        UBIGINT NOT NULL,
    id_tail        UINTEGER NOT NULL,
    created_at     TIMESTAMP NOT NULL,
    message        VARCHAR,
    conversation   VARCHAR,
    model          VARCHAR,
    recorded_agent VARCHAR,                -- empty: the row says that there was none
    tenant         VARCHAR,
    spender        VARCHAR                 -- the agent that ran for the one that answered
);

-- Rows that were told who answered, but are newer than what was last read of the agents then: their providers are
-- named anew when the agents are read again. Also those whose agent is another since they have a tenant.
CREATE TABLE told_early (
    id_head        UBIGINT NOT NULL,
    id_tail        UINTEGER NOT NULL,
    created_at     TIMESTAMP NOT NULL,
    model          VARCHAR,
    endpoint       VARCHAR,                -- of the answer or the conversation
    agent          VARCHAR,
    spender        VARCHAR,
    tenant         VARCHAR
);

-- Rows to read once more: an older program wrote them without all that is kept of a row today, or LibreChat had not
-- settled them yet.
CREATE TABLE outdated (id_head UBIGINT NOT NULL, id_tail UINTEGER NOT NULL);

-- Rows that LibreChat had and has deleted since; they keep counting. Found by audits, so that counts agree after.
CREATE TABLE gone (id_head UBIGINT NOT NULL, id_tail UINTEGER NOT NULL);

CREATE TABLE refused (id VARCHAR NOT NULL, reason VARCHAR NOT NULL, noticed_at TIMESTAMP NOT NULL);

CREATE TABLE sync_state (
    schema_version     INTEGER NOT NULL,
    oldest_id          VARCHAR,            -- both ends of the interval of ids already held
    newest_id          VARCHAR,
    history_complete   BOOLEAN NOT NULL,
    as_of              TIMESTAMP,
    last_sync          TIMESTAMP,
    written_by         VARCHAR,            -- version of the program that has it
    source_name        VARCHAR,            -- the database whose ledger this is, as it was called when last read
    expected_documents BIGINT,             -- in the database when its history was begun
    memberships_since  TIMESTAMP,          -- the first readings of groups, of domains and of roles: what held before is
    domains_since      TIMESTAMP,          -- not known
    roles_since        TIMESTAMP,
    tenants_read       BOOLEAN NOT NULL DEFAULT false, -- no row lacks its tenant because an older program wrote it
    agents_as_of       TIMESTAMP           -- the instant that the last reading of the agents shows
);

-- How the last audits of each kind ended: by counts of ranges of ids, or by every single id.
CREATE TYPE audit_kind AS ENUM ('counts', 'ids');
CREATE TABLE audits (
    kind       audit_kind NOT NULL,
    started_at TIMESTAMP NOT NULL,
    ended_at   TIMESTAMP NOT NULL,
    documents  BIGINT NOT NULL,            -- in LibreChat's database
    added      BIGINT NOT NULL,            -- that were not held
    gone       BIGINT                      -- held but no longer there, where every id was compared
);

-- What counts: prompt and completion rows, with what they cost.
CREATE VIEW usage AS
SELECT
    id_head, id_tail, created_at, slot, user_key, conversation_key, model_key, context_key, usage_type, rate, tokens,
    cache_read_tokens, cache_write_tokens, structured, sentinel, positive_value, default_rate, agent_model,
    agent_key, certainty, provider_key, tenant_key,
    CASE WHEN sentinel OR positive_value THEN 0 ELSE credits_e6 END AS cost_e6
FROM transactions
WHERE usage_type <> 'other';

INSERT INTO sync_state (schema_version, history_complete, tenants_read) VALUES ($schema_version, false, true);
