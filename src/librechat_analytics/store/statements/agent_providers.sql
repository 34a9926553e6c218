-- The providers of all agents and of their versions.
-- Frames: none. Parameters: none. One row per version, oldest first.
SELECT agents.id, agents.tenant, agents.provider, agent_versions.since, agent_versions.provider AS version_provider
FROM agents LEFT JOIN agent_versions ON agent_versions.agent_key = agents.key
ORDER BY agents.id, agents.tenant, agent_versions.since, agent_versions.until;
