-- Writes the names and providers that `attributed` brings, and gives its rows the keys of their agents. It needs the
-- table that name_agents.sql creates. With $newest_last, batches become newer, and the newest name counts.
-- Frames: attributed. Parameters: $newest_last. Creates: found.
UPDATE agents SET name = agent_keys.sender
FROM agent_keys
WHERE agents.key = agent_keys.key AND (agents.name IS NULL OR $newest_last) AND NOT agents.labelled
    AND agent_keys.sender IS NOT NULL;

INSERT INTO providers (key, id)
SELECT (SELECT coalesce(max(key), 0) FROM providers) + row_number() OVER (), id
FROM (SELECT DISTINCT provider AS id FROM attributed WHERE provider IS NOT NULL) ANTI JOIN providers USING (id);

CREATE OR REPLACE TEMP TABLE found AS
SELECT
    attributed.id_head, attributed.id_tail, agent_keys.key AS agent_key, certainty::certainty AS certainty,
    providers.key AS provider_key, by_endpoint
FROM attributed
LEFT JOIN agent_keys ON agent_keys.id = attributed.agent AND agent_keys.tenant IS NOT DISTINCT FROM attributed.tenant
LEFT JOIN providers ON providers.id = attributed.provider;
