-- Adds the model that ran and the mark of rows that may have been recorded twice, the table of cells, which stays empty
-- until the rows are summed up, and counts of the rows that were read one by one.

-- Rows with an agent's id in place of the model.
CREATE TEMP TABLE newly_ran AS
SELECT id_head, id_tail, found_key
FROM (
    SELECT
        rows.id_head, rows.id_tail, rows.model_key,
        coalesce(agent_versions.model_key, agents.model_key, shown.key) AS found_key
    FROM transactions AS rows
    JOIN models ON models.key = rows.model_key
    JOIN models AS shown ON shown.id = models.agent
    -- Agents of several tenants may share an id. name_agents.sql chooses among them by the same rule.
    LEFT JOIN agents AS found ON found.key = rows.agent_key AND found.id = models.agent
    LEFT JOIN tenants ON tenants.key = rows.tenant_key
    LEFT JOIN agents AS own ON own.id = models.agent AND own.tenant IS NOT DISTINCT FROM tenants.id
    LEFT JOIN (
        SELECT id, any_value(key) AS key FROM agents
        WHERE labelled AND deleted_at IS NULL
        GROUP BY id HAVING count(*) = 1
    ) AS only_one ON only_one.id = models.agent
    LEFT JOIN agents AS shared
        ON shared.id = models.agent AND shared.tenant IS NULL
        AND shared.labelled AND shared.deleted_at IS NULL
    LEFT JOIN agents ON agents.key = coalesce(
        found.key, own.key, CASE WHEN rows.tenant_key IS NULL THEN only_one.key ELSE shared.key END
    )
    LEFT JOIN agent_versions
        ON agent_versions.agent_key = agents.key
        AND rows.created_at >= agent_versions.since AND rows.created_at < agent_versions.until
    WHERE rows.agent_model
) AS named
WHERE found_key IS DISTINCT FROM model_key;

-- Rows that may have been recorded twice.
CREATE TEMP TABLE pairs AS
SELECT DISTINCT plain.conversation_key, plain.model_key, round_even(epoch_ms(plain.created_at) / 1000, 0) AS second
FROM transactions AS plain
SEMI JOIN (
    SELECT
        conversation_key, model_key, round_even(epoch_ms(created_at) / 1000, 0) AS second,
        tokens::HUGEINT - cache_read_tokens - cache_write_tokens AS fresh_tokens
    FROM transactions
    WHERE structured AND usage_type <> 'other'
) AS cached
    ON cached.conversation_key = plain.conversation_key AND cached.model_key = plain.model_key
    AND cached.second = round_even(epoch_ms(plain.created_at) / 1000, 0) AND cached.fresh_tokens = plain.tokens
WHERE plain.usage_type = 'prompt' AND NOT plain.structured AND plain.tokens > 0;

-- Only now, because the new columns stay in memory until this transaction ends.
DROP VIEW usage;
ALTER TABLE transactions ADD COLUMN ran_key UINTEGER;
ALTER TABLE transactions ALTER COLUMN ran_key SET DATA TYPE UINTEGER USING model_key;
ALTER TABLE transactions ADD COLUMN paired BOOLEAN NOT NULL DEFAULT false;

UPDATE transactions SET ran_key = newly_ran.found_key
FROM newly_ran
WHERE agent_model AND transactions.id_head = newly_ran.id_head AND transactions.id_tail = newly_ran.id_tail;
DROP TABLE newly_ran;

UPDATE transactions SET paired = true
FROM pairs
WHERE transactions.usage_type <> 'other'
    AND transactions.conversation_key = pairs.conversation_key AND transactions.model_key = pairs.model_key
    AND round_even(epoch_ms(transactions.created_at) / 1000, 0) = pairs.second;
DROP TABLE pairs;

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
ALTER TABLE sync_state ADD COLUMN summed_until INTEGER;
ALTER TABLE sync_state ADD COLUMN rows_read BIGINT;
ALTER TABLE sync_state ADD COLUMN read_one_by_one BIGINT;
ALTER TABLE sync_state ADD COLUMN attributed_one_by_one BIGINT;

CREATE VIEW usage AS
SELECT
    id_head, id_tail, created_at, slot, user_key, conversation_key, model_key, context_key, usage_type, rate, tokens,
    cache_read_tokens, cache_write_tokens, structured, sentinel, positive_value, default_rate, agent_model,
    agent_key, certainty, provider_key, tenant_key, ran_key, paired,
    CASE WHEN sentinel OR positive_value THEN 0 ELSE credits_e6 END AS cost_e6
FROM transactions
WHERE usage_type <> 'other';
