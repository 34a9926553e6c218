-- What each day cost in all, and by user, model, agent and provider: of those that cost more than $least_e6 on any day
-- from the one with the number $first on. What has no user, model and so on counts in all only.
-- Reads: selected, slots, users, models, agents, providers. Parameters: $first, $least_e6.
-- One row per kind and subject, highest cost first; its lists have one entry per day with usage, in any order.
WITH
parted AS MATERIALIZED (
    SELECT
        bucket, user_key, ran_key, provider_key, CASE WHEN certainty <> 'unknown' THEN agent_key END AS agent_key,
        sum(cost_e6) AS cost_e6
    FROM selected JOIN slots USING (slot)
    GROUP BY ALL
),
daily AS MATERIALIZED (
    SELECT 'total' AS kind, 0 AS own_key, bucket, sum(cost_e6) AS cost_e6
    FROM parted
    GROUP BY bucket
    UNION ALL
    SELECT 'user', user_key, bucket, sum(cost_e6)
    FROM parted
    WHERE user_key IS NOT NULL
    GROUP BY user_key, bucket
    UNION ALL
    SELECT 'model', ran_key, bucket, sum(cost_e6)
    FROM parted
    WHERE ran_key IS NOT NULL
    GROUP BY ran_key, bucket
    UNION ALL
    SELECT 'agent', agent_key, bucket, sum(cost_e6)
    FROM parted
    WHERE agent_key IS NOT NULL
    GROUP BY agent_key, bucket
    UNION ALL
    SELECT 'provider', provider_key, bucket, sum(cost_e6)
    FROM parted
    WHERE provider_key IS NOT NULL
    GROUP BY provider_key, bucket
),
-- By id, because agents of several tenants may share one.
subjects AS MATERIALIZED (
    SELECT
        kind, own_key, coalesce(users.id, models.id, agents.id, providers.id) AS subject,
        coalesce(users.name, users.email, agents.name) AS name,
        dense_rank() OVER (ORDER BY kind, subject) AS number
    FROM (SELECT DISTINCT kind, own_key FROM daily) AS keys
    LEFT JOIN users ON kind = 'user' AND users.key = own_key
    LEFT JOIN models ON kind = 'model' AND models.key = own_key
    LEFT JOIN agents ON kind = 'agent' AND agents.key = own_key
    LEFT JOIN providers ON kind = 'provider' AND providers.key = own_key
),
merged AS (
    SELECT number, bucket, sum(daily.cost_e6) AS cost_e6
    FROM daily JOIN subjects USING (kind, own_key)
    GROUP BY number, bucket
),
large AS (
    SELECT number, groupArray(bucket) AS days, groupArray(cost_e6) AS costs_e6, sum(merged.cost_e6) AS all_cost_e6
    FROM merged
    GROUP BY number
    HAVING max(CASE WHEN bucket >= $first THEN merged.cost_e6 END) > $least_e6
)
SELECT kind, subject, min(name) AS name, days, costs_e6
FROM large JOIN subjects USING (number)
GROUP BY number, kind, subject, days, costs_e6, all_cost_e6
ORDER BY all_cost_e6 DESC, kind, subject
