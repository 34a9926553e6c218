-- Finds or creates the key of each agent in `agents_to_name` (id, tenant, sender). Ids are unique only within a tenant.
-- An agent without a tenant belongs to all tenants. A row from the time before tenants belongs to the agent with its
-- id, if there is only one. write_ran_keys.sql chooses an agent by the same rule.
-- Frames: none. Parameters: none. Creates: agent_keys.
CREATE OR REPLACE TEMP TABLE agent_keys AS
SELECT
    wanted.id, wanted.tenant, wanted.sender,
    coalesce(own.key, CASE WHEN wanted.tenant IS NULL THEN only_one.key ELSE shared.key END) AS key
FROM agents_to_name AS wanted
LEFT JOIN agents AS own ON own.id = wanted.id AND own.tenant IS NOT DISTINCT FROM wanted.tenant
LEFT JOIN (
    SELECT id, any_value(key) AS key FROM agents
    WHERE labelled AND deleted_at IS NULL
    GROUP BY id HAVING count(*) = 1
) AS only_one ON only_one.id = wanted.id
LEFT JOIN agents AS shared
    ON shared.id = wanted.id AND shared.tenant IS NULL
    AND shared.labelled AND shared.deleted_at IS NULL;

INSERT INTO agents (key, id, tenant, name)
SELECT (SELECT coalesce(max(key), 0) FROM agents) + row_number() OVER (), id, tenant, sender
FROM agent_keys WHERE key IS NULL;

UPDATE agent_keys SET key = agents.key
FROM agents
WHERE agent_keys.key IS NULL AND agents.id = agent_keys.id AND agents.tenant IS NOT DISTINCT FROM agent_keys.tenant;
