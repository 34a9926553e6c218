-- The users, agents, models and groups whose name, e-mail address or id has every word that a reader typed, folded.
-- A reader with a scope finds what their users are and have used. matched is 0 where a text is
-- just what was typed, 1 where each word begins a word, 2 elsewhere.
-- Reads: seen_usage, seen_users, seen_groups, agents, models, providers, memberships.
-- Parameters: $kinds, $limit, $text, $words.
-- One row per hit, at most $limit of each kind, best match first, then highest cost first.
WITH
known AS (
    SELECT 'user' AS kind, key, id, name AS label, email, email AS detail, toBool(deleted_at IS NOT NULL) AS deleted
    FROM seen_users WHERE has($kinds, 'user')
    UNION ALL
    SELECT 'agent', key, id, name, NULL, CASE WHEN deleted_at IS NULL THEN model END, toBool(deleted_at IS NOT NULL)
    FROM agents WHERE has($kinds, 'agent')
    UNION ALL
    SELECT 'model', key, id, id, NULL, NULL, false
    FROM models WHERE has($kinds, 'model')
    UNION ALL
    SELECT 'group', NULL, id, name, NULL, NULL, false
    FROM seen_groups WHERE has($kinds, 'group') AND deleted_at IS NULL
),
found AS MATERIALIZED (
    SELECT
        kind, key, id, label, detail, deleted,
        CASE
            WHEN has([fold(label), fold(email), lower(id)], fold($text)) THEN 0
            WHEN hasWordStarts(folded, $words) THEN 1
            ELSE 2
        END AS matched
    FROM (
        SELECT *, fold(concat(coalesce(label, ''), ' ', coalesce(email, ''), ' ', id)) AS folded FROM known
    ) AS texts
    WHERE hasWords(folded, $words)
),
members AS (
    SELECT group_id, user_key
    FROM memberships
    WHERE until IS NULL AND group_id IN (SELECT id FROM found WHERE kind = 'group')
),
-- Usage of what was not found is skipped early, so that a long search is a fast one.
per_user AS MATERIALIZED (
    SELECT user_key, sum(cost_e6) AS cost_e6
    FROM seen_usage
    WHERE user_key IN (SELECT key FROM found WHERE kind = 'user' UNION ALL SELECT user_key FROM members)
    GROUP BY user_key
),
per_agent AS (
    SELECT agent_key, sum(cost_e6) AS cost_e6
    FROM seen_usage
    WHERE certainty <> 'unknown' AND agent_key IN (SELECT key FROM found WHERE kind = 'agent')
    GROUP BY agent_key
),
per_model AS MATERIALIZED (
    SELECT ran_key, provider_key, sum(cost_e6) AS cost_e6, sum(documents) AS documents
    FROM seen_usage
    WHERE ran_key IN (SELECT key FROM found WHERE kind = 'model')
    GROUP BY ran_key, provider_key
),
main_provider AS (
    SELECT ran_key, providers.id AS provider
    FROM per_model JOIN providers ON providers.key = provider_key
    QUALIFY row_number() OVER (PARTITION BY ran_key ORDER BY documents DESC, providers.id) = 1
),
with_cost AS (
    SELECT kind, id, label, detail, deleted, matched, cost_e6
    FROM found LEFT JOIN per_user ON per_user.user_key = found.key
    WHERE kind = 'user'
    UNION ALL
    -- Several tenants may have an agent with the same id; the one that still exists gives the name.
    SELECT kind, id, label, detail, deleted, matched, sum(cost_e6) OVER (PARTITION BY id)
    FROM found LEFT JOIN per_agent ON per_agent.agent_key = found.key
    WHERE kind = 'agent' AND (per_agent.agent_key IS NOT NULL OR NOT "{is_scoped}")
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY deleted, key) = 1
    UNION ALL
    -- A model without usage is an agent's id that was recorded as a model.
    SELECT kind, id, label, main_provider.provider, deleted, matched, costs.cost_e6
    FROM found
    JOIN (SELECT ran_key, sum(cost_e6) AS cost_e6 FROM per_model GROUP BY ran_key) AS costs ON costs.ran_key = found.key
    LEFT JOIN main_provider ON main_provider.ran_key = found.key
    WHERE kind = 'model'
    UNION ALL
    SELECT kind, id, any_value(label), any_value(detail), false, min(matched), sum(cost_e6)
    FROM found
    LEFT JOIN members ON members.group_id = found.id
    LEFT JOIN per_user ON per_user.user_key = members.user_key
    WHERE kind = 'group'
    GROUP BY kind, id
)
SELECT kind, id, label, detail, deleted, coalesce(cost_e6, 0) AS cost_e6
FROM with_cost
QUALIFY row_number() OVER (PARTITION BY kind ORDER BY matched, coalesce(cost_e6, 0) DESC, id) <= $limit
ORDER BY matched, coalesce(cost_e6, 0) DESC, kind, id
