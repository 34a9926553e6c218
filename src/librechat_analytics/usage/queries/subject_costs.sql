-- What each user, model, agent, group or cost centre cost in some ranges of time, which are buckets. A user counts in
-- each of their groups. By 'all' there is one subject, which is all usage.
-- Reads: selected, slots, members, models, users, agents, centers. Parameters: $by.
-- One row per subject with usage; costs_e6 has the order of buckets, which are those with usage.
WITH
keyed AS (
    SELECT
        bucket,
        CASE $by
            WHEN 'all' THEN 0
            WHEN 'model' THEN toInt64(ran_key)
            WHEN 'agent' THEN CASE WHEN certainty <> 'unknown' THEN toInt64(agent_key) END
            WHEN 'cost_center' THEN toInt64("{center_key}")
            ELSE toInt64(user_key)
        END AS own_key,
        sum(cost_e6) AS cost_e6
    FROM selected JOIN slots USING (slot)
    GROUP BY ALL
),
subjects AS (
    SELECT 0 AS own_key, '' AS subject, '' AS label WHERE $by = 'all'
    UNION ALL
    SELECT key, id, id FROM models WHERE $by = 'model'
    UNION ALL
    SELECT key, id, coalesce(name, email, id) FROM users WHERE $by = 'user'
    UNION ALL
    SELECT key, id, coalesce(name, id) FROM agents WHERE $by = 'agent'
    UNION ALL
    SELECT user_key, group_id, coalesce(group_name, group_id) FROM members WHERE $by = 'group'
    UNION ALL
    SELECT key, name, name FROM centers WHERE $by = 'cost_center'
),
-- By id, because agents of several tenants may share one.
per_subject AS (
    SELECT subject, min(label) AS label, bucket, sum(keyed.cost_e6) AS cost_e6
    FROM keyed JOIN subjects USING (own_key)
    GROUP BY subject, bucket
)
SELECT subject, min(label) AS label, groupArray(bucket) AS buckets, groupArray(cost_e6) AS costs_e6
FROM per_subject
GROUP BY subject
ORDER BY subject
