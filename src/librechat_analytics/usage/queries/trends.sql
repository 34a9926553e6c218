-- The cost over time of the users, models or agents on one page of a list.
-- Reads: selected, slots, models, users, agents. Parameters: $dimension, $parts.
-- One row per part and bucket with usage.
WITH
parted AS (
    SELECT
        bucket,
        CASE $dimension WHEN 'model' THEN ran_key WHEN 'user' THEN user_key ELSE agent_key END AS part_key,
        sum(cost_e6) AS cost_e6
    FROM selected JOIN slots USING (slot)
    WHERE $dimension <> 'agent' OR certainty <> 'unknown'
    GROUP BY ALL
),
names AS (
    SELECT key, id FROM models WHERE $dimension = 'model'
    UNION ALL
    SELECT key, id FROM users WHERE $dimension = 'user'
    UNION ALL
    SELECT key, id FROM agents WHERE $dimension = 'agent'
)
-- Summed, because agents of several tenants may share an id.
SELECT id AS part, bucket, sum(parted.cost_e6) AS cost_e6
FROM parted LEFT JOIN names ON names.key = part_key
WHERE has($parts, coalesce(id, '(none)'))
GROUP BY ALL
