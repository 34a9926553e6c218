-- The usage of agents, of none, and of rows of which it is not known: together the whole.
SELECT
    CASE WHEN certainty = 'unknown' THEN 'unknown' WHEN agent_key IS NULL THEN 'without' ELSE 'agents' END AS part,
    sum(cost_e6) AS cost_e6,
    coalesce(sum(tokens) FILTER (usage_type = 'prompt'), 0) AS prompt_tokens,
    coalesce(sum(tokens) FILTER (usage_type = 'completion'), 0) AS completion_tokens,
    count(*) FILTER (usage_type = 'prompt') AS calls,
    count(DISTINCT user_key) AS users,
    count(DISTINCT conversation_key) AS conversations
FROM selected
GROUP BY part
