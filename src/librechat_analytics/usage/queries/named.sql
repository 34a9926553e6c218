-- The same rows with the model that really ran: an agent's id as model (v0.7.9 to v0.8.3-rc1) stands for the
-- agent's model in force at that time, else today's or the last known one.
agent_ids AS (
    SELECT key AS model_key, regexp_replace(id, '____[0-9]+$', '') AS id
    FROM models WHERE starts_with(id, 'agent_')
),
agent_models AS (
    SELECT model_key, agent_ids.id, agents.key AS agent_key, agents.model
    FROM agent_ids LEFT JOIN agents ON agents.id = agent_ids.id
),
named AS (
    SELECT
        dated.*,
        coalesce(
            CASE WHEN NOT starts_with(agent_versions.model, 'agent_') THEN agent_versions.model END,
            CASE WHEN NOT starts_with(agent_models.model, 'agent_') THEN agent_models.model END,
            agent_models.id,
            models.id
        ) AS model
    FROM dated
    LEFT JOIN models ON models.key = dated.model_key
    LEFT JOIN agent_models ON agent_models.model_key = dated.model_key
    LEFT JOIN agent_versions
        ON agent_versions.agent_key = agent_models.agent_key
        AND dated.created_at >= agent_versions.since AND dated.created_at < agent_versions.until
)
