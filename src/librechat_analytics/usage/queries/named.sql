-- The same rows with the model that really ran: an agent's id as model (v0.7.9 to v0.8.3-rc1) stands for the
-- agent's model in force at that time, else today's or the last known one.
agent_models AS (
    SELECT models.key AS model_key, agents.key AS agent_key, agents.model
    FROM models JOIN agents ON agents.id = regexp_replace(models.id, '____[0-9]+$', '')
    WHERE starts_with(models.id, 'agent_')
),
named AS (
    SELECT
        dated.*,
        coalesce(
            CASE WHEN NOT starts_with(agent_versions.model, 'agent_') THEN agent_versions.model END,
            CASE WHEN NOT starts_with(agent_models.model, 'agent_') THEN agent_models.model END,
            models.id
        ) AS model
    FROM dated
    LEFT JOIN models ON models.key = dated.model_key
    LEFT JOIN agent_models ON agent_models.model_key = dated.model_key
    LEFT JOIN agent_versions
        ON agent_versions.agent_key = agent_models.agent_key
        AND dated.created_at >= agent_versions.since AND dated.created_at < agent_versions.until
)
