-- What each user, model, agent, group or cost centre cost in some ranges of time, which are buckets. A user counts in
-- each of their groups. By 'all' there is one subject, which is all usage.
-- Reads: selected, slots, {known_subjects}. Parameters: $by.
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
-- By id, because agents of several tenants may share one.
per_subject AS (
    SELECT subject, min(label) AS label, bucket, sum(keyed.cost_e6) AS cost_e6
    FROM keyed JOIN "{known_subjects}" USING (own_key)
    GROUP BY subject, bucket
)
SELECT subject, min(label) AS label, groupArray(bucket) AS buckets, groupArray(cost_e6) AS costs_e6
FROM per_subject
GROUP BY subject
ORDER BY subject
