-- The top users, models or agents with what short lists show; it takes a third of the time of the whole lists.
-- Reads: selected, models, users, agents, providers. Parameters: $dimension, $limit.
-- One row per part, highest cost first.
WITH
parted AS (
    SELECT
        CASE $dimension
            WHEN 'model' THEN ran_key
            WHEN 'user' THEN user_key
            ELSE CASE WHEN certainty <> 'unknown' THEN agent_key END
        END AS part_key,
        CASE WHEN $dimension = 'model' THEN provider_key END AS provider_key,
        sum(cost_e6) AS cost_e6, sum(documents) AS documents
    FROM selected
    GROUP BY ALL
),
per_part AS (
    SELECT part_key, sum(parted.cost_e6) AS cost_e6, sum(sum(parted.cost_e6)) OVER () AS all_cost_e6
    FROM parted
    GROUP BY part_key
),
main_provider AS (
    SELECT part_key, providers.id AS provider
    FROM parted JOIN providers ON providers.key = provider_key
    QUALIFY row_number() OVER (PARTITION BY part_key ORDER BY documents DESC, providers.id) = 1
)
SELECT
    CASE $dimension WHEN 'model' THEN models.id WHEN 'user' THEN users.id ELSE agents.id END AS id,
    CASE $dimension WHEN 'user' THEN users.name WHEN 'agent' THEN agents.name END AS name,
    users.email AS email,
    toBool(coalesce(users.deleted_at, agents.deleted_at) IS NOT NULL) AS deleted,
    CASE WHEN $dimension = 'model' THEN models.id WHEN agents.deleted_at IS NULL THEN agents.model END AS model,
    main_provider.provider AS provider,
    cost_e6, all_cost_e6, count(*) OVER () AS total
FROM per_part
LEFT JOIN models ON $dimension = 'model' AND models.key = per_part.part_key
LEFT JOIN users ON $dimension = 'user' AND users.key = per_part.part_key
LEFT JOIN agents ON $dimension = 'agent' AND agents.key = per_part.part_key
LEFT JOIN main_provider ON main_provider.part_key IS NOT DISTINCT FROM per_part.part_key
WHERE $dimension <> 'agent' OR per_part.part_key IS NOT NULL
ORDER BY cost_e6 DESC, id ASC NULLS LAST
LIMIT $limit
