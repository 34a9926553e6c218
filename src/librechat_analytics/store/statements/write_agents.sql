-- Takes over the agents that the source holds, as write_users does; who is missing keeps the last known name and
-- models.
INSERT INTO agents (key, id)
SELECT (SELECT coalesce(max(key), 0) FROM agents) + row_number() OVER (), id
FROM labels ANTI JOIN agents USING (id);

INSERT INTO models (key, id)
SELECT (SELECT coalesce(max(key), 0) FROM models) + row_number() OVER (), id
FROM (
    SELECT ran AS id FROM labels WHERE ran IS NOT NULL UNION SELECT ran FROM versions WHERE ran IS NOT NULL
) ANTI JOIN models USING (id);

UPDATE agents SET deleted_at = $now
WHERE NOT $is_current AND deleted_at IS NULL AND NOT labelled;

UPDATE agents
SET
    name = labels.name, model = labels.model, model_key = (SELECT key FROM models WHERE models.id = labels.ran),
    provider = labels.provider, deleted_at = CASE WHEN NOT $is_current THEN deleted_at END, labelled = true
FROM labels
WHERE agents.id = labels.id AND ($is_current OR NOT agents.labelled) AND (
    agents.name IS DISTINCT FROM labels.name OR agents.model IS DISTINCT FROM labels.model
    OR agents.provider IS DISTINCT FROM labels.provider OR agents.deleted_at IS NOT NULL OR NOT agents.labelled
);

-- Whoever has appeared since the source was asked is not missing in what it said.
UPDATE agents SET deleted_at = $now
WHERE $is_current AND deleted_at IS NULL AND key <= $known AND id NOT IN (SELECT id FROM labels);

DELETE FROM agent_versions
WHERE $is_current AND agent_key IN (SELECT agents.key FROM labels JOIN agents ON agents.id = labels.id);

INSERT INTO agent_versions
SELECT
    agents.key, since,
    lead(since, 1, TIMESTAMP '2200-01-01') OVER (PARTITION BY agents.key ORDER BY since, position),
    models.key, versions.provider
FROM versions
JOIN agents ON agents.id = versions.agent
LEFT JOIN models ON models.id = versions.ran
ANTI JOIN (SELECT DISTINCT agent_key FROM agent_versions) AS held ON held.agent_key = agents.key;
