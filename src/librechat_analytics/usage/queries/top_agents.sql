, per_agent AS (
    SELECT
        agent_key,
        sum(cost_e6) AS cost_e6,
        coalesce(sum(tokens) FILTER (usage_type = 'prompt'), 0) AS prompt_tokens,
        coalesce(sum(tokens) FILTER (usage_type = 'completion'), 0) AS completion_tokens,
        count(*) FILTER (usage_type = 'prompt') AS calls,
        count(DISTINCT user_key) AS users,
        count(DISTINCT conversation_key) AS conversations
    FROM selected
    WHERE agent_key IS NOT NULL
    GROUP BY agent_key
)
SELECT
    per_agent.agent_key, agents.id, agents.name,
    CASE WHEN agents.deleted_at IS NULL THEN agents.model END AS model,
    CASE WHEN agents.deleted_at IS NULL THEN agents.provider END AS provider,
    agents.deleted_at IS NOT NULL AS deleted,
    cost_e6, prompt_tokens, completion_tokens, calls, users, conversations,
    count(*) OVER () AS total
FROM per_agent
JOIN agents ON agents.key = per_agent.agent_key
ORDER BY cost_e6 DESC, agents.id ASC
LIMIT $limit
