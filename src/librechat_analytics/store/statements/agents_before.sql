-- Notes everything about the agents that decides which model ran, before it is changed.
-- Frames: none. Parameters: none. Creates: agents_now, agents_before.
CREATE OR REPLACE TEMP VIEW agents_now AS
SELECT
    agents.id, agents.key, tenant, labelled AND deleted_at IS NULL AS present, agents.model_key,
    since, until, agent_versions.model_key AS version_model_key
FROM agents LEFT JOIN agent_versions ON agent_versions.agent_key = agents.key;

CREATE OR REPLACE TEMP TABLE agents_before AS FROM agents_now;
