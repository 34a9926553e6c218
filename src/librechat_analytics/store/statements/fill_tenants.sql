-- Writes the tenants of `tenanted` and moves its rows to the agents of these tenants. Their providers are then looked
-- up again. It needs the tables that agents_of_tenants.sql and name_agents.sql create.
-- Frames: batch. Parameters: $lowest_head, $highest_head.
DELETE FROM told_early
USING tenanted
WHERE told_early.id_head BETWEEN $lowest_head AND $highest_head
    AND told_early.id_head = tenanted.id_head AND told_early.id_tail = tenanted.id_tail;

-- An agent's call went through the agents endpoint, whatever endpoint the conversation has today.
INSERT INTO told_early
SELECT id_head, id_tail, batch.created_at, batch.model, 'agents', agents.id, batch.spender, batch.tenant
FROM tenanted
JOIN batch USING (id_head, id_tail)
LEFT JOIN agents ON agents.key = tenanted.agent_key
LEFT JOIN agent_keys ON agent_keys.id = agents.id AND agent_keys.tenant = tenanted.tenant
WHERE agent_keys.key <> tenanted.agent_key OR batch.spender IN (SELECT id FROM agents);

UPDATE transactions
SET tenant_key = found.tenant_key, agent_key = found.agent_key
FROM (
    SELECT tenanted.id_head, tenanted.id_tail, tenants.key AS tenant_key, agent_keys.key AS agent_key
    FROM tenanted
    JOIN tenants ON tenants.id = tenanted.tenant
    LEFT JOIN agents ON agents.key = tenanted.agent_key
    LEFT JOIN agent_keys ON agent_keys.id = agents.id AND agent_keys.tenant = tenanted.tenant
) AS found
WHERE transactions.id_head BETWEEN $lowest_head AND $highest_head
    AND transactions.id_head = found.id_head AND transactions.id_tail = found.id_tail;

UPDATE unattributed SET tenant = tenanted.tenant
FROM tenanted
WHERE unattributed.id_head BETWEEN $lowest_head AND $highest_head
    AND unattributed.id_head = tenanted.id_head AND unattributed.id_tail = tenanted.id_tail;
