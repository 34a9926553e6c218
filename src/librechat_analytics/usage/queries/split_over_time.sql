-- Cost, tokens and calls over time, split by the top models, users, agents, providers, groups or cost centres. All
-- others together are part NULL; of groups, these are the users in none of the groups shown. A user counts in each of
-- their groups.
-- Reads: selected, slots, models, users, agents, providers, members, memberships, centers.
-- Parameters: $dimension, $parts.
-- One row per part and bucket with usage, highest cost first.
WITH
parted AS (
    SELECT
        bucket,
        -- Of groups, the users: their members. Keys begin with 1: 0 means without one, -1 an unknown agent.
        CASE $dimension
            WHEN 'model' THEN coalesce(toInt64(ran_key), 0)
            WHEN 'provider' THEN coalesce(toInt64(provider_key), 0)
            WHEN 'cost_center' THEN toInt64("{center_key}")
            WHEN 'agent' THEN CASE WHEN certainty = 'unknown' THEN -1 ELSE coalesce(toInt64(agent_key), 0) END
            ELSE coalesce(toInt64(user_key), 0)
        END AS own_key,
        sum(cost_e6) AS cost_e6, sum(prompt_tokens) + sum(completion_tokens) AS tokens, sum(calls) AS calls
    FROM selected JOIN slots USING (slot)
    GROUP BY ALL
),
named AS (
    SELECT
        own_key, per_key.cost_e6 AS cost_e6,
        CASE
            WHEN own_key = 0 THEN CASE $dimension WHEN 'cost_center' THEN '(unassigned)' ELSE '(none)' END
            WHEN own_key = -1 THEN '(unknown)'
            WHEN $dimension = 'model' THEN models.id
            WHEN $dimension = 'provider' THEN providers.id
            WHEN $dimension = 'agent' THEN agents.id
            WHEN $dimension = 'user' THEN users.id
            WHEN $dimension = 'cost_center' THEN centers.name
            WHEN own_key NOT IN (SELECT user_key FROM memberships WHERE until IS NULL) THEN '(none)'
            ELSE members.group_id
        END AS part,
        CASE $dimension WHEN 'agent' THEN agents.name WHEN 'user' THEN users.name ELSE members.group_name END AS name,
        users.email AS email,
        toBool(coalesce(users.deleted_at, agents.deleted_at) IS NOT NULL) AS deleted
    FROM (SELECT own_key, sum(cost_e6) AS cost_e6 FROM parted GROUP BY own_key) AS per_key
    LEFT JOIN models ON $dimension = 'model' AND models.key = own_key
    LEFT JOIN providers ON $dimension = 'provider' AND providers.key = own_key
    LEFT JOIN agents ON $dimension = 'agent' AND agents.key = own_key
    LEFT JOIN users ON $dimension = 'user' AND users.key = own_key
    LEFT JOIN members ON $dimension = 'group' AND members.user_key = own_key
    LEFT JOIN centers ON $dimension = 'cost_center' AND centers.key = own_key
),
-- By id, because agents of several tenants may share one. A group that the reader may not see has none.
top_parts AS MATERIALIZED (
    SELECT
        part, min(name) AS name, min(email) AS email, min(deleted) AS deleted,
        row_number() OVER (ORDER BY sum(named.cost_e6) DESC, part IN ('(none)', '(unassigned)'), part) AS place
    FROM named
    WHERE part IS NOT NULL
    GROUP BY part
    QUALIFY place <= $parts
),
placed AS (
    SELECT DISTINCT own_key, place FROM named JOIN top_parts USING (part)
)
SELECT
    part, name, email, deleted, place, bucket,
    sum(cost_e6) AS cost_e6, sum(tokens) AS tokens, sum(calls) AS calls
FROM parted
LEFT JOIN placed USING (own_key)
LEFT JOIN top_parts USING (place)
GROUP BY ALL
ORDER BY place NULLS LAST, bucket
