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
-- Named are only those that may be large: naming all of them would take as long as the rest. Agents of several tenants
-- may share an id, and be large together.
candidates AS (
    SELECT DISTINCT kind, own_key
    FROM daily
    WHERE kind = 'agent' OR (bucket >= $first AND cost_e6 > $least_e6)
),
subjects AS MATERIALIZED (
    SELECT
        kind, own_key, coalesce(users.id, models.id, agents.id, providers.id) AS subject,
        coalesce(users.name, users.email, agents.name) AS name
    FROM candidates
    LEFT JOIN users ON kind = 'user' AND users.key = own_key
    LEFT JOIN models ON kind = 'model' AND models.key = own_key
    LEFT JOIN agents ON kind = 'agent' AND agents.key = own_key
    LEFT JOIN providers ON kind = 'provider' AND providers.key = own_key
),
merged AS (
    SELECT kind, subject, bucket, min(subjects.name) AS name, sum(daily.cost_e6) AS cost_e6
    FROM daily JOIN subjects USING (kind, own_key)
    GROUP BY kind, subject, bucket
)
SELECT kind, subject, min(merged.name) AS name, groupArray(bucket) AS days, groupArray(cost_e6) AS costs_e6
FROM merged
GROUP BY kind, subject
HAVING max(CASE WHEN bucket >= $first THEN cost_e6 END) > $least_e6
ORDER BY sum(cost_e6) DESC, kind, subject
