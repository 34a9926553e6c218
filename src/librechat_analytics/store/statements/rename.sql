-- Replaces names by the form that lists show, given in `renamed` (name, listed). Entries that then have the same name
-- become one. It needs the tables that same_names.sql creates.
-- Frames: renamed. Parameters: none.
UPDATE transactions SET model_key = kept
FROM same_models
WHERE transactions.model_key = same_models.key AND same_models.key <> kept;
UPDATE transactions SET ran_key = kept
FROM same_models
WHERE transactions.ran_key = same_models.key AND same_models.key <> kept;
UPDATE agents SET model_key = kept
FROM same_models
WHERE agents.model_key = same_models.key AND same_models.key <> kept;
UPDATE agent_versions SET model_key = kept
FROM same_models
WHERE agent_versions.model_key = same_models.key AND same_models.key <> kept;

UPDATE models SET unpriced = true
WHERE NOT unpriced AND key IN (SELECT kept FROM same_models JOIN models AS each USING (key) WHERE each.unpriced);

DELETE FROM models WHERE key IN (SELECT key FROM same_models WHERE key <> kept);

UPDATE models SET id = listed FROM same_models WHERE models.key = same_models.key AND models.id <> listed;

DROP TABLE same_models;

UPDATE models SET agent = listed FROM renamed WHERE agent = name;

UPDATE transactions SET context_key = kept
FROM same_contexts
WHERE transactions.context_key = same_contexts.key AND same_contexts.key <> kept;

DELETE FROM contexts WHERE key IN (SELECT key FROM same_contexts WHERE key <> kept);

UPDATE contexts SET id = listed FROM same_contexts WHERE contexts.key = same_contexts.key AND contexts.id <> listed;

DROP TABLE same_contexts;

UPDATE transactions SET provider_key = kept
FROM same_providers
WHERE transactions.provider_key = same_providers.key AND same_providers.key <> kept;

DELETE FROM providers WHERE key IN (SELECT key FROM same_providers WHERE key <> kept);

UPDATE providers SET id = listed
FROM same_providers
WHERE providers.key = same_providers.key AND providers.id <> listed;

DROP TABLE same_providers;

UPDATE transactions SET agent_key = kept
FROM same_agents
WHERE transactions.agent_key = same_agents.key AND same_agents.key <> kept;

DELETE FROM agent_versions WHERE agent_key IN (SELECT key FROM same_agents WHERE key <> kept);

DELETE FROM agents WHERE key IN (SELECT key FROM same_agents WHERE key <> kept);

UPDATE agents SET id = listed FROM same_agents WHERE agents.key = same_agents.key AND agents.id <> listed;

DROP TABLE same_agents;

UPDATE agents SET model = listed FROM renamed WHERE model = renamed.name;
UPDATE agents SET provider = listed FROM renamed WHERE provider = renamed.name;
UPDATE agent_versions SET provider = listed FROM renamed WHERE provider = renamed.name;
UPDATE users SET role = listed FROM renamed WHERE role = renamed.name;
UPDATE user_traits SET value = listed FROM renamed WHERE trait = 'role' AND value = renamed.name;
UPDATE unattributed SET model = listed FROM renamed WHERE model = renamed.name;
UPDATE unattributed SET recorded_agent = listed FROM renamed WHERE recorded_agent = renamed.name;
UPDATE unattributed SET spender = listed FROM renamed WHERE spender = renamed.name;
