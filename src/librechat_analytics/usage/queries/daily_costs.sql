-- What each day cost in all ($by is 'all'), or by user, model, agent, group or provider. A user counts in each of their
-- groups; the usage without a user, model and so on is subject NULL.
-- Reads: selected, slots, {known_subjects}, memberships. Parameters: $by.
-- One row per subject with usage, highest cost first; its lists have one entry per day with usage, in any order.
WITH
parted AS MATERIALIZED (
    SELECT
        bucket,
        -- Of groups, the users: their members. Keys begin with 1: 0 means without one, -1 an unknown agent.
        CASE $by
            WHEN 'all' THEN 0
            WHEN 'model' THEN coalesce(toInt64(ran_key), 0)
            WHEN 'provider' THEN coalesce(toInt64(provider_key), 0)
            WHEN 'agent' THEN CASE WHEN certainty = 'unknown' THEN -1 ELSE coalesce(toInt64(agent_key), 0) END
            ELSE coalesce(toInt64(user_key), 0)
        END AS own_key,
        sum(cost_e6) AS cost_e6
    FROM selected JOIN slots USING (slot)
    GROUP BY ALL
),
named AS MATERIALIZED (
    SELECT
        keys.own_key AS own_key,
        CASE
            WHEN keys.own_key = 0 THEN NULL
            WHEN keys.own_key = -1 THEN '(unknown)'
            ELSE known.subject
        END AS subject,
        nullif(known.label, known.subject) AS name
    FROM (SELECT DISTINCT own_key FROM parted) AS keys
    LEFT JOIN "{known_subjects}" AS known ON known.own_key = keys.own_key
    -- A user whose groups the reader may not see counts nowhere.
    WHERE
        $by <> 'group' OR known.subject IS NOT NULL OR keys.own_key = 0
        OR keys.own_key NOT IN (SELECT user_key FROM memberships WHERE until IS NULL)
),
-- By id, because agents of several tenants may share one. Numbered, because joining texts day by day would cost more.
subjects AS MATERIALIZED (
    SELECT subject, min(name) AS name, row_number() OVER (ORDER BY subject) AS number
    FROM named
    GROUP BY subject
),
numbered AS (
    SELECT named.own_key AS own_key, subjects.number AS number
    FROM named JOIN subjects ON subjects.subject IS NOT DISTINCT FROM named.subject
),
daily AS (
    SELECT number, bucket, sum(parted.cost_e6) AS cost_e6
    FROM parted JOIN numbered USING (own_key)
    GROUP BY number, bucket
),
listed AS (
    SELECT number, groupArray(bucket) AS buckets, groupArray(cost_e6) AS costs_e6, sum(daily.cost_e6) AS all_cost_e6
    FROM daily
    GROUP BY number
)
SELECT subject, name, buckets, costs_e6
FROM listed JOIN subjects USING (number)
ORDER BY all_cost_e6 DESC, subject ASC NULLS LAST
