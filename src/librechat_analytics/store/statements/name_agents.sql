-- Gives each agent of `asked_agents` (id, tenant, sender) its key, as `agent_keys`. Ids are unique within a tenant
-- only; of a row from before there were tenants it is the one agent that is there, and an agent without a tenant is
-- everybody's.
CREATE OR REPLACE TEMP TABLE agent_keys AS
SELECT
    asked.id, asked.tenant, asked.sender,
    coalesce(own.key, CASE WHEN asked.tenant IS NULL THEN only_one.key ELSE everybodys.key END) AS key
FROM asked_agents AS asked
LEFT JOIN agents AS own ON own.id = asked.id AND own.tenant IS NOT DISTINCT FROM asked.tenant
LEFT JOIN (
    SELECT id, any_value(key) AS key FROM agents
    WHERE labelled AND deleted_at IS NULL
    GROUP BY id HAVING count(*) = 1
) AS only_one ON only_one.id = asked.id
LEFT JOIN agents AS everybodys
    ON everybodys.id = asked.id AND everybodys.tenant IS NULL
    AND everybodys.labelled AND everybodys.deleted_at IS NULL;

INSERT INTO agents (key, id, tenant, name)
SELECT (SELECT coalesce(max(key), 0) FROM agents) + row_number() OVER (), id, tenant, sender
FROM agent_keys WHERE key IS NULL;

UPDATE agent_keys SET key = agents.key
FROM agents
WHERE agent_keys.key IS NULL AND agents.id = agent_keys.id AND agents.tenant IS NOT DISTINCT FROM agent_keys.tenant;
