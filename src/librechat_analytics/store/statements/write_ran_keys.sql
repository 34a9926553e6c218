-- Writes the model that ran for rows with an agent's id in place of the model, where it differs from the one held.
-- LibreChat v0.7.9 to v0.8.3-rc1 recorded such rows. Then the model that ran is the agent's model at that time, or its
-- current or last known model, or else the recorded id. $agents: the ids of the agents concerned, or NULL for all.
-- It adds the cells of these rows to changed_cells.
-- Frames: none. Parameters: $lowest_head, $highest_head, $agents. Creates: newly_ran.
CREATE OR REPLACE TEMP TABLE newly_ran AS
SELECT id_head, id_tail, slot, conversation_key, found_key
FROM (
    SELECT
        rows.id_head, rows.id_tail, rows.slot, rows.conversation_key, rows.ran_key,
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
    WHERE rows.agent_model AND rows.id_head BETWEEN $lowest_head AND $highest_head
        AND ($agents IS NULL OR list_contains($agents, models.agent))
) AS named
WHERE found_key IS DISTINCT FROM ran_key;

UPDATE transactions SET ran_key = newly_ran.found_key
FROM newly_ran
WHERE agent_model AND transactions.id_head BETWEEN $lowest_head AND $highest_head
    AND transactions.id_head = newly_ran.id_head AND transactions.id_tail = newly_ran.id_tail;

INSERT INTO changed_cells SELECT DISTINCT slot, conversation_key FROM newly_ran;
