-- The same rows with the key of the model that really ran: an agent's id as model (v0.7.9 to v0.8.3-rc1) stands
-- for the agent's model in force at that time, else today's or the last known one, else itself.
named AS NOT MATERIALIZED (
    SELECT dated.*, model_key AS ran_key
    FROM dated
    WHERE NOT agent_model
    UNION ALL
    SELECT dated.*, coalesce(agent_versions.model_key, agents.model_key, shown.key) AS ran_key
    FROM dated
    JOIN models ON models.key = dated.model_key
    JOIN models AS shown ON shown.id = models.agent
    LEFT JOIN agents ON agents.id = models.agent
    LEFT JOIN agent_versions
        ON agent_versions.agent_key = agents.key
        AND dated.created_at >= agent_versions.since AND dated.created_at < agent_versions.until
    WHERE dated.agent_model
)
