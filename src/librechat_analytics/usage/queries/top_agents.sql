-- The usage of each agent, without an agent (part_key 0), and with an unknown agent (-1): together all usage.
-- ways holds how each agent ran, as tuples (model, certainty, cost_e6, documents).
-- Reads: selected, agents, models. Parameters: $limit. One row per agent, highest cost first, then 0 and -1.
WITH
per_way AS MATERIALIZED (
    SELECT
        CASE WHEN certainty = 'unknown' THEN -1 ELSE coalesce(agent_key, 0) END AS part_key,
        ran_key, certainty,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(calls) AS calls,
        sum(documents) AS documents
    FROM selected
    GROUP BY ALL
),
counted AS (
    SELECT
        CASE WHEN certainty = 'unknown' THEN -1 ELSE coalesce(agent_key, 0) END AS part_key,
        count(DISTINCT user_key) AS users,
        count(DISTINCT conversation_key) AS conversations
    FROM selected
    GROUP BY ALL
),
per_part AS (
    SELECT
        part_key,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(calls) AS calls
    FROM per_way
    GROUP BY part_key
),
ways AS (
    SELECT part_key, groupArray(tuple(models.id, certainty, cost_e6, documents)) AS ways
    FROM per_way LEFT JOIN models ON models.key = per_way.ran_key
    WHERE part_key > 0
    GROUP BY part_key
)
SELECT
    part_key, agents.id AS id, agents.name AS name,
    CASE WHEN agents.deleted_at IS NULL THEN agents.model END AS model,
    CASE WHEN agents.deleted_at IS NULL THEN agents.provider END AS provider,
    agents.deleted_at IS NOT NULL AS deleted,
    cost_e6, prompt_tokens, completion_tokens, calls, users, conversations, ways,
    sum(cost_e6) OVER () AS all_cost_e6,
    count(agents.key) OVER () AS total
FROM per_part
JOIN counted USING (part_key)
LEFT JOIN agents ON agents.key = per_part.part_key
LEFT JOIN ways USING (part_key)
QUALIFY agents.key IS NULL OR row_number() OVER (
    ORDER BY agents.key IS NULL, cost_e6 DESC, agents.id, agents.tenant
) <= $limit
ORDER BY agents.key IS NULL, cost_e6 DESC, agents.id, agents.tenant
