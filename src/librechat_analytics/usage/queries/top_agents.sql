-- The usage of each agent, of none (0), and of rows of which it is not known (-1): together the whole.
-- Grouped by conversations first: a row then counts once for both distinct counts.
, per_conversation AS (
    SELECT
        CASE WHEN certainty = 'unknown' THEN -1 ELSE coalesce(agent_key, 0) END AS part_key,
        user_key, conversation_key,
        sum(cost_e6) AS cost_e6,
        coalesce(sum(tokens) FILTER (usage_type = 'prompt'), 0) AS prompt_tokens,
        coalesce(sum(tokens) FILTER (usage_type = 'completion'), 0) AS completion_tokens,
        count(*) FILTER (usage_type = 'prompt') AS calls
    FROM selected
    GROUP BY ALL
),
per_part AS (
    SELECT
        part_key,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(calls) AS calls,
        count(DISTINCT user_key) AS users,
        count(DISTINCT conversation_key) AS conversations
    FROM per_conversation
    GROUP BY part_key
)
SELECT
    part_key, agents.id, agents.name,
    CASE WHEN agents.deleted_at IS NULL THEN agents.model END AS model,
    CASE WHEN agents.deleted_at IS NULL THEN agents.provider END AS provider,
    agents.deleted_at IS NOT NULL AS deleted,
    cost_e6, prompt_tokens, completion_tokens, calls, users, conversations,
    sum(cost_e6) OVER () AS all_cost_e6,
    count(agents.key) OVER () AS total
FROM per_part
LEFT JOIN agents ON agents.key = per_part.part_key
QUALIFY agents.key IS NULL OR row_number() OVER (ORDER BY agents.key IS NULL, cost_e6 DESC, agents.id) <= $limit
ORDER BY agents.key IS NULL, cost_e6 DESC, agents.id
