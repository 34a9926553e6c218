-- Writes the agents that the source holds, as write_users.sql does for users. An agent who is missing keeps the last
-- known name and models. Ids are unique only within a tenant. `labels` has the columns id, tenant, name, model,
-- provider and ran; `versions` has agent, tenant, since, position, provider and ran. ran is the model, if it really is
-- one.
-- Frames: labels, versions. Parameters: $known, $is_current, $as_of, $now.
INSERT INTO tenants (key, id)
SELECT (SELECT coalesce(max(key), 0) FROM tenants) + row_number() OVER (), id
FROM (SELECT DISTINCT tenant AS id FROM labels WHERE tenant IS NOT NULL) ANTI JOIN tenants USING (id);

UPDATE sync_state SET agents_as_of = greatest(agents_as_of, $as_of) WHERE $is_current;

-- An agent that was moved to a tenant, or that was known only from rows without a tenant.
UPDATE agents SET tenant = only_one.tenant
FROM (SELECT id, any_value(tenant) AS tenant FROM labels GROUP BY id HAVING count(*) = 1) AS only_one
WHERE agents.id = only_one.id AND agents.tenant IS NULL AND only_one.tenant IS NOT NULL
    AND NOT EXISTS (FROM agents AS own WHERE own.id = only_one.id AND own.tenant = only_one.tenant);

INSERT INTO agents (key, id, tenant)
SELECT (SELECT coalesce(max(key), 0) FROM agents) + row_number() OVER (), id, tenant
FROM labels ANTI JOIN agents ON agents.id = labels.id AND agents.tenant IS NOT DISTINCT FROM labels.tenant;

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
WHERE agents.id = labels.id AND agents.tenant IS NOT DISTINCT FROM labels.tenant
    AND ($is_current OR NOT agents.labelled) AND (
        agents.name IS DISTINCT FROM labels.name OR agents.model IS DISTINCT FROM labels.model
        OR agents.provider IS DISTINCT FROM labels.provider OR agents.deleted_at IS NOT NULL OR NOT agents.labelled
    );

-- A key above $known appeared after the source was read, so it cannot be missing.
UPDATE agents SET deleted_at = $now
WHERE $is_current AND deleted_at IS NULL AND key <= $known AND NOT EXISTS (
    FROM labels WHERE labels.id = agents.id AND labels.tenant IS NOT DISTINCT FROM agents.tenant
);

DELETE FROM agent_versions
WHERE $is_current AND agent_key IN (
    SELECT agents.key FROM labels
    JOIN agents ON agents.id = labels.id AND agents.tenant IS NOT DISTINCT FROM labels.tenant
);

INSERT INTO agent_versions
SELECT
    agents.key, since,
    lead(since, 1, TIMESTAMP '2200-01-01') OVER (PARTITION BY agents.key ORDER BY since, position),
    models.key, versions.provider
FROM versions
JOIN agents ON agents.id = versions.agent AND agents.tenant IS NOT DISTINCT FROM versions.tenant
LEFT JOIN models ON models.id = versions.ran
ANTI JOIN (SELECT DISTINCT agent_key FROM agent_versions) AS held ON held.agent_key = agents.key;
