-- What each day cost inside some users, models, agents and providers and in all, which the table wanted numbers with
-- their days: by model for users and providers, otherwise by user. What has no model or user is subject NULL.
-- Reads: selected, slots, wanted, users, models, agents, providers. Parameters: none.
-- One row per number and subject, highest cost first; its lists have one entry per day with usage, in any order.
WITH
parted AS MATERIALIZED (
    SELECT
        bucket, user_key, ran_key, provider_key, CASE WHEN certainty <> 'unknown' THEN agent_key END AS agent_key,
        sum(cost_e6) AS cost_e6
    FROM selected JOIN slots USING (slot)
    GROUP BY ALL
),
keyed AS MATERIALIZED (
    SELECT
        wanted.number AS number, wanted.kind AS kind, wanted.first_day AS first_day, wanted.last_day AS last_day,
        coalesce(users.key, models.key, agents.key, providers.key) AS own_key
    FROM wanted
    LEFT JOIN users ON wanted.kind = 'user' AND users.id = wanted.subject
    LEFT JOIN models ON wanted.kind = 'model' AND models.id = wanted.subject
    LEFT JOIN agents ON wanted.kind = 'agent' AND agents.id = wanted.subject
    LEFT JOIN providers ON wanted.kind = 'provider' AND providers.id = wanted.subject
),
inside AS (
    SELECT number, first_day, last_day, bucket, 'user' AS kind, user_key AS part_key, cost_e6
    FROM parted CROSS JOIN keyed
    WHERE kind = 'total'
    UNION ALL
    SELECT number, first_day, last_day, bucket, 'model', ran_key, cost_e6
    FROM parted JOIN keyed ON keyed.own_key = parted.user_key
    WHERE kind = 'user'
    UNION ALL
    SELECT number, first_day, last_day, bucket, 'user', user_key, cost_e6
    FROM parted JOIN keyed ON keyed.own_key = parted.ran_key
    WHERE kind = 'model'
    UNION ALL
    SELECT number, first_day, last_day, bucket, 'user', user_key, cost_e6
    FROM parted JOIN keyed ON keyed.own_key = parted.agent_key
    WHERE kind = 'agent'
    UNION ALL
    SELECT number, first_day, last_day, bucket, 'model', ran_key, cost_e6
    FROM parted JOIN keyed ON keyed.own_key = parted.provider_key
    WHERE kind = 'provider'
),
daily AS (
    SELECT number, kind, part_key, bucket, sum(cost_e6) AS cost_e6
    FROM inside
    WHERE bucket >= first_day AND bucket <= last_day
    GROUP BY number, kind, part_key, bucket
),
listed AS (
    SELECT
        number, kind, part_key, groupArray(bucket) AS days, groupArray(cost_e6) AS costs_e6,
        sum(daily.cost_e6) AS all_cost_e6
    FROM daily
    GROUP BY number, kind, part_key
)
SELECT
    number, coalesce(users.id, models.id) AS subject, coalesce(users.name, users.email) AS name, days, costs_e6
FROM listed
LEFT JOIN users ON kind = 'user' AND users.key = part_key
LEFT JOIN models ON kind = 'model' AND models.key = part_key
ORDER BY number, all_cost_e6 DESC, subject ASC NULLS LAST
