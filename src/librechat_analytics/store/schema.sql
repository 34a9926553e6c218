-- The store's tables: LibreChat's transactions, and what is needed to read them. Small integer keys replace texts,
-- which takes a third of the disk and half of the time. After a change here, raise SCHEMA_VERSION and add a file to
-- migrations/ that makes the same change in an existing store.
-- Parameters: $schema_version.

CREATE TABLE users (
    key UINTEGER NOT NULL,
    id VARCHAR NOT NULL,                            -- 24 hex digits
    name VARCHAR,
    email VARCHAR,
    role VARCHAR,
    balance_e6 BIGINT,                              -- in millionths of a credit, if balances are kept
    deleted_at TIMESTAMP,                           -- when the user was first seen missing
    labelled BOOLEAN NOT NULL DEFAULT false,        -- the labels were read
    forgotten BOOLEAN NOT NULL DEFAULT false,       -- name and e-mail address were erased for good
    tenant VARCHAR,                                 -- in a deployment with several
    reserved_e6 BIGINT,                             -- part of the balance, in millionths of a credit
    refill_enabled BOOLEAN,                         -- LibreChat adds refill_e6 to the balance ...
    refill_e6 BIGINT,
    refill_every INTEGER,                           -- ... every so often, counted in ...
    refill_unit VARCHAR,                            -- ... seconds, minutes, hours, days, weeks or months
    refilled_at TIMESTAMP,                          -- the last time
    debt_e6 BIGINT                                  -- what the balance could not cover, in millionths of a credit
);

CREATE TABLE groups (
    id VARCHAR NOT NULL,
    name VARCHAR,                                   -- the last known one, kept after deletion
    deleted_at TIMESTAMP                            -- when the group was first seen missing
);

-- Who belonged to which group, from the first reading that had the membership to the first that lacked it. A user who
-- is deleted from LibreChat stays in the last known groups.
CREATE TABLE memberships (
    group_id VARCHAR NOT NULL,
    user_key UINTEGER NOT NULL,
    since TIMESTAMP NOT NULL,
    until TIMESTAMP,                                -- NULL while it lasts
    assumed BOOLEAN NOT NULL                        -- in the first reading, so it may have begun earlier
);

-- Memberships that were missing from the last readings but have not ended, because too many were missing at once.
CREATE TABLE waiting_ends (
    group_id VARCHAR NOT NULL,
    user_key UINTEGER NOT NULL,
    since TIMESTAMP NOT NULL,                       -- the first of these readings
    latest TIMESTAMP NOT NULL,                      -- the last of them
    readings INTEGER NOT NULL                       -- how many there are
);

-- The e-mail domain and the role of a user over time, as memberships.
CREATE TYPE user_trait AS ENUM('domain', 'role');
CREATE TABLE user_traits (
    user_key UINTEGER NOT NULL,
    trait user_trait NOT NULL,
    value VARCHAR NOT NULL,                         -- a domain in lower case
    since TIMESTAMP NOT NULL,
    until TIMESTAMP,
    assumed BOOLEAN NOT NULL
);

CREATE TABLE agents (
    key UINTEGER NOT NULL,
    id VARCHAR NOT NULL,
    name VARCHAR,                                   -- the last known one, kept after deletion
    model VARCHAR,                                  -- the current or last known one
    model_key UINTEGER,                             -- its key, if it really is a model
    provider VARCHAR,
    deleted_at TIMESTAMP,
    labelled BOOLEAN NOT NULL DEFAULT false,
    tenant VARCHAR                                  -- ids are unique only within a tenant
);

-- Which model and provider an agent ran on, over time.
CREATE TABLE agent_versions (
    agent_key UINTEGER NOT NULL,
    since TIMESTAMP NOT NULL,
    until TIMESTAMP NOT NULL,                       -- the start of the next version
    model_key UINTEGER,
    provider VARCHAR
);

CREATE TABLE models (
    key UINTEGER NOT NULL,
    id VARCHAR NOT NULL,                            -- as recorded
    agent VARCHAR,                                  -- the agent, if an agent's id was recorded as the model
    unpriced BOOLEAN NOT NULL DEFAULT false         -- a row proves that LibreChat had no price for it
);
CREATE TABLE conversations (
    key UINTEGER NOT NULL,
    id VARCHAR NOT NULL,
    root_key UINTEGER                               -- the one that it counts with, usually itself; NULL if unknown
);
CREATE TABLE contexts (key UINTEGER NOT NULL, id VARCHAR NOT NULL);
CREATE TABLE providers (key UINTEGER NOT NULL, id VARCHAR NOT NULL);
CREATE TABLE tenants (key UINTEGER NOT NULL, id VARCHAR NOT NULL);

CREATE TYPE usage_type AS ENUM('prompt', 'completion', 'other');
CREATE TYPE certainty AS ENUM('exact', 'conversation', 'nearest', 'weak', 'unknown');

-- One row per document of LibreChat's transactions. It has no primary key and no index: a batch is compared with the
-- rows in its own range of ids, which takes less time than maintaining an index would. The twelve bytes of an id are
-- stored as two numbers, because numbers compress well.
CREATE TABLE transactions (
    id_head UBIGINT NOT NULL,                       -- the first eight bytes
    id_tail UINTEGER NOT NULL,                      -- the last four bytes
    created_at TIMESTAMP NOT NULL,                  -- in UTC
    slot INTEGER NOT NULL,                          -- quarter of an hour since 1970; each time zone's days begin on one
    user_key UINTEGER,
    conversation_key UINTEGER,
    model_key UINTEGER,
    context_key UINTEGER,
    usage_type usage_type NOT NULL,
    other_token_type VARCHAR,                       -- if the row is not usage: credits, or a unit other than tokens
    rate DOUBLE,                                    -- in US dollars per million tokens, as recorded
    tokens BIGINT NOT NULL,                         -- 0 if the row is not usage
    credits_e6 HUGEINT NOT NULL,                    -- spent, in millionths of a credit; negative if they were given
                                                    -- integers, so that a sum is exact in any order
    cache_read_tokens BIGINT NOT NULL,
    cache_write_tokens BIGINT NOT NULL,
    structured BOOLEAN NOT NULL,                    -- has cache tokens; its rate is a weighted mean
    sentinel BOOLEAN NOT NULL,                      -- its rate is a placeholder, not a price
    positive_value BOOLEAN NOT NULL,                -- recorded as credit
    default_rate BOOLEAN NOT NULL,                  -- at the rate of models without a price
    agent_model BOOLEAN NOT NULL,                   -- an agent's id was recorded as the model
    agent_key UINTEGER,
    certainty certainty NOT NULL,
    provider_key UINTEGER,
    tenant_key UINTEGER,
    ran_key UINTEGER,                               -- the model that ran: model_key, unless that is an agent's id
    paired BOOLEAN NOT NULL DEFAULT false           -- may have been recorded twice; find_pairs.sql says when
);

-- Usage rows of one conversation in one quarter of an hour that are alike, summed up. A question reads whole quarters
-- from here, because there are about four times fewer cells than rows. Their rows are in all slots before
-- sync_state.summed_until, and in no other: new rows are summed up when their slot is over.
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
    blank BOOLEAN NOT NULL,                         -- no row has tokens; otherwise each has
    prompt_rate DOUBLE,                             -- of all its prompts that are not structured; NULL without any
    completion_rate DOUBLE,                         -- of all its completions
    documents INTEGER NOT NULL,                     -- rows
    calls INTEGER NOT NULL,                         -- prompt rows
    cached_calls INTEGER NOT NULL,                  -- structured prompt rows
    cost_e6 HUGEINT NOT NULL,
    prompt_cost_e6 HUGEINT NOT NULL,
    cached_cost_e6 HUGEINT NOT NULL,                -- of structured prompts
    prompt_tokens HUGEINT NOT NULL,
    completion_tokens HUGEINT NOT NULL,
    cached_tokens HUGEINT NOT NULL,                 -- of structured prompts
    cache_read_tokens HUGEINT NOT NULL,
    cache_write_tokens HUGEINT NOT NULL,
    first_ms INTEGER NOT NULL,                      -- from the beginning of the slot to the first row ...
    last_ms INTEGER NOT NULL                        -- ... and to the last one
);

-- Rows whose agent was not looked up yet, or whose reply LibreChat may still save.
CREATE TABLE unattributed (
    id_head UBIGINT NOT NULL,
    id_tail UINTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    message VARCHAR,
    conversation VARCHAR,
    model VARCHAR,
    recorded_agent VARCHAR,                         -- empty if the row says that there was none
    tenant VARCHAR,
    spender VARCHAR                                 -- the agent that ran on behalf of the one that replied
);

-- Rows whose agent was found when they were newer than the last reading of the agents, and rows whose agent changed
-- when they got a tenant. Their providers are looked up again after the next reading of the agents.
CREATE TABLE told_early (
    id_head UBIGINT NOT NULL,
    id_tail UINTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    model VARCHAR,
    endpoint VARCHAR,                               -- of the reply or the conversation
    agent VARCHAR,
    spender VARCHAR,
    tenant VARCHAR
);

-- Rows to read again, because an older program wrote them without today's columns or LibreChat had not settled them.
CREATE TABLE outdated (id_head UBIGINT NOT NULL, id_tail UINTEGER NOT NULL);

-- Rows that LibreChat has deleted since; they still count. Audits find them and then expect fewer rows in LibreChat.
CREATE TABLE gone (id_head UBIGINT NOT NULL, id_tail UINTEGER NOT NULL);

CREATE TABLE refused (id VARCHAR NOT NULL, reason VARCHAR NOT NULL, noticed_at TIMESTAMP NOT NULL);

CREATE TABLE sync_state (
    schema_version INTEGER NOT NULL,
    oldest_id VARCHAR,                              -- both ends of the interval of ids that are held
    newest_id VARCHAR,
    history_complete BOOLEAN NOT NULL,
    as_of TIMESTAMP,
    last_sync TIMESTAMP,
    written_by VARCHAR,                             -- the version of the program that has the store
    source_name VARCHAR,                            -- the name of LibreChat's database when it was last read
    expected_documents BIGINT,                      -- in that database when reading its history began
    memberships_since TIMESTAMP,                    -- the first readings of groups, domains and roles;
    domains_since TIMESTAMP,                        -- what was true before them is not known
    roles_since TIMESTAMP,
    tenants_read BOOLEAN NOT NULL DEFAULT false,    -- no row lacks its tenant because an older program wrote it
    agents_as_of TIMESTAMP,                         -- the time as of which agents were last read
    summed_until INTEGER,                           -- the slot before which all rows are in cells; NULL: there are none
    rows_read BIGINT,                               -- by the last import, or since reading the history began,
    read_one_by_one BIGINT,                         -- those of them whose documents were unusual,
    attributed_one_by_one BIGINT                    -- and those whose agents an import could not find in SQL
);

-- How the last audit of each kind ended: by counts of ranges of ids, or by every single id.
CREATE TYPE audit_kind AS ENUM('counts', 'ids');
CREATE TABLE audits (
    kind audit_kind NOT NULL,
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP NOT NULL,
    documents BIGINT NOT NULL,                      -- in LibreChat's database
    added BIGINT NOT NULL,                          -- that were not held before
    gone BIGINT                                     -- held but no longer there, if every id was compared
);

-- What was noticed and is told: one row for each rule, subject, period and level. Reports by schedule are rows too.
CREATE TABLE alerts (
    id VARCHAR NOT NULL,                            -- made of the next four, so it is the same if a backup is put back
    rule VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,                       -- ids and names of definitions, never the name of a person
    period VARCHAR NOT NULL,                        -- what makes it another alert, such as a month or a day
    level INTEGER,                                  -- per cent of a budget
    opened_at TIMESTAMP NOT NULL,
    resolved_at TIMESTAMP,                          -- NULL while it lasts
    facts VARCHAR NOT NULL                          -- as JSON, without names of people
);

-- What each receiver is sent about an alert: that it has begun, or that it is over.
CREATE TYPE delivery_occasion AS ENUM('opened', 'resolved');
CREATE TYPE delivery_state AS ENUM('waiting', 'sent', 'failed', 'dropped');
CREATE TABLE deliveries (
    alert_id VARCHAR NOT NULL,
    receiver VARCHAR NOT NULL,
    occasion delivery_occasion NOT NULL,
    state delivery_state NOT NULL,                  -- dropped: the alert was silenced until it was over
    queued_at TIMESTAMP NOT NULL,
    next_try TIMESTAMP,                             -- NULL unless it waits
    attempts INTEGER NOT NULL,
    tried_at TIMESTAMP,                             -- the last time
    last_answer VARCHAR                             -- of the receiver, or why there was none
);

-- Until when nothing is sent about a subject.
CREATE TABLE silences (
    rule VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    until TIMESTAMP NOT NULL,
    reason VARCHAR NOT NULL,
    silenced_at TIMESTAMP NOT NULL,
    silenced_by VARCHAR NOT NULL                    -- the name of a key
);

-- What the next evaluation of the rules must know of the last one.
CREATE TABLE evaluation_marks (name VARCHAR NOT NULL, value VARCHAR NOT NULL);

-- What counts in the figures: prompt and completion rows with their cost.
CREATE VIEW usage AS
SELECT
    id_head, id_tail, created_at, slot, user_key, conversation_key, model_key, context_key, usage_type, rate, tokens,
    cache_read_tokens, cache_write_tokens, structured, sentinel, positive_value, default_rate, agent_model,
    agent_key, certainty, provider_key, tenant_key, ran_key, paired,
    CASE WHEN sentinel OR positive_value THEN 0 ELSE credits_e6 END AS cost_e6
FROM transactions
WHERE usage_type <> 'other';

INSERT INTO sync_state (schema_version, history_complete, tenants_read) VALUES ($schema_version, false, true);
