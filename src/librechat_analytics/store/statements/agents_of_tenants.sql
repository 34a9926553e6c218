-- Collects the rows of `batch` that are held without the tenant that they name, and their agents in that tenant, for
-- name_agents.sql.
-- Frames: batch. Parameters: $lowest_head, $highest_head. Creates: tenanted, agents_to_name.
CREATE OR REPLACE TEMP TABLE tenanted AS
SELECT held.id_head, held.id_tail, held.agent_key, batch.tenant
FROM batch
JOIN (
    SELECT id_head, id_tail, agent_key FROM transactions
    WHERE id_head BETWEEN $lowest_head AND $highest_head AND tenant_key IS NULL
) AS held USING (id_head, id_tail)
WHERE batch.tenant IS NOT NULL;

CREATE OR REPLACE TEMP TABLE agents_to_name AS
SELECT agents.id, tenanted.tenant, any_value(agents.name) AS sender
FROM tenanted JOIN agents ON agents.key = tenanted.agent_key
GROUP BY ALL;
