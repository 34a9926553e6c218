-- Cost, tokens and calls over time, split by the top users, models or agents. All others together are part NULL.
-- Reads: selected, slots, models, users, agents. Parameters: $dimension, $parts.
-- One row per part and bucket with usage, highest cost first.
WITH
parted AS (
    SELECT
        bucket,
        -- Keys begin with 1: 0 means without one, -1 means that the agent is unknown.
        CASE $dimension
            WHEN 'model' THEN coalesce(ran_key, 0)
            WHEN 'user' THEN coalesce(user_key, 0)
            ELSE CASE WHEN certainty = 'unknown' THEN -1 ELSE coalesce(agent_key, 0) END
        END AS part_key,
        sum(cost_e6) AS cost_e6, sum(prompt_tokens) + sum(completion_tokens) AS tokens, sum(calls) AS calls
    FROM selected JOIN slots USING (slot)
    GROUP BY ALL
),
top_parts AS (
    SELECT part_key, row_number() OVER (ORDER BY sum(cost_e6) DESC, part_key) AS place
    FROM parted GROUP BY part_key
    QUALIFY place <= $parts
),
named_parts AS (
    SELECT
        part_key, place,
        CASE part_key
            WHEN 0 THEN '(none)'
            WHEN -1 THEN '(unknown)'
            ELSE CASE $dimension WHEN 'model' THEN models.id WHEN 'user' THEN users.id ELSE agents.id END
        END AS part
    FROM top_parts
    LEFT JOIN models ON models.key = part_key
    LEFT JOIN users ON users.key = part_key
    LEFT JOIN agents ON agents.key = part_key
)
SELECT part, place, bucket, sum(cost_e6) AS cost_e6, sum(tokens) AS tokens, sum(calls) AS calls
FROM parted LEFT JOIN named_parts USING (part_key)
GROUP BY ALL
ORDER BY place NULLS LAST, bucket
