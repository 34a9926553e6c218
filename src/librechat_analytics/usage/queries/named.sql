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
    -- Several tenants may have an agent of one id; who answered has been found by the same rule.
    LEFT JOIN agents AS found ON found.key = dated.agent_key AND found.id = models.agent
    LEFT JOIN tenants ON tenants.key = dated.tenant_key
    LEFT JOIN agents AS own ON own.id = models.agent AND own.tenant IS NOT DISTINCT FROM tenants.id
    LEFT JOIN (
        SELECT id, any_value(key) AS key FROM agents
        WHERE labelled AND deleted_at IS NULL
        GROUP BY id HAVING count(*) = 1
    ) AS only_one ON only_one.id = models.agent
    LEFT JOIN agents AS everybodys
        ON everybodys.id = models.agent AND everybodys.tenant IS NULL
        AND everybodys.labelled AND everybodys.deleted_at IS NULL
    LEFT JOIN agents ON agents.key = coalesce(
        found.key, own.key, CASE WHEN dated.tenant_key IS NULL THEN only_one.key ELSE everybodys.key END
    )
    LEFT JOIN agent_versions
        ON agent_versions.agent_key = agents.key
        AND dated.created_at >= agent_versions.since AND dated.created_at < agent_versions.until
    WHERE dated.agent_model
)
