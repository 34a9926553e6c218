-- How the cost of the users, models or agents of one page of a list moved.
, parted AS (
    SELECT
        bucket,
        CASE $dimension WHEN 'model' THEN ran_key WHEN 'user' THEN user_key ELSE agent_key END AS part_key,
        sum(cost_e6) AS cost_e6
    FROM ran JOIN slots USING (slot)
    WHERE $dimension <> 'agent' OR certainty <> 'unknown'
    GROUP BY ALL
),
names AS (
    SELECT key, id FROM models WHERE $dimension = 'model'
    UNION ALL SELECT key, id FROM users WHERE $dimension = 'user'
    UNION ALL SELECT key, id FROM agents WHERE $dimension = 'agent'
)
-- Agents of several tenants may have the same id.
SELECT id AS part, bucket, sum(cost_e6) AS cost_e6
FROM parted LEFT JOIN names ON names.key = part_key
WHERE coalesce(id, '(none)') IN (SELECT unnest($parts::VARCHAR[]))
GROUP BY ALL
