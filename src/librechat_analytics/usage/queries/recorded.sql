-- Whether any of some values of a filter was ever recorded. A reader with a scope sees only what their users are and
-- have used; without one, names that only usage in other units than tokens has count too.
-- Reads: seen_usage, seen_users, seen_groups, agents, contexts, memberships, models, providers,
-- tenants.
-- Parameters: $filter, $values. One row.
WITH
known AS (
    SELECT 'user' AS filter, id AS value FROM seen_users
    UNION ALL
    SELECT 'role', role FROM seen_users
    UNION ALL
    SELECT 'domain', domain FROM seen_users
    UNION ALL
    SELECT 'group', id FROM seen_groups
    UNION ALL
    SELECT 'group', group_id FROM memberships
    WHERE until IS NULL AND user_key IN (SELECT key FROM seen_users)
    UNION ALL
    SELECT 'model', id FROM models
    WHERE NOT "{is_scoped}" OR key IN (SELECT ran_key FROM seen_usage)
    UNION ALL
    SELECT 'provider', id FROM providers
    WHERE NOT "{is_scoped}" OR key IN (SELECT provider_key FROM seen_usage)
    UNION ALL
    SELECT 'agent', id FROM agents
    WHERE NOT "{is_scoped}" OR key IN (SELECT agent_key FROM seen_usage)
    UNION ALL
    SELECT 'context', id FROM contexts
    WHERE NOT "{is_scoped}" OR key IN (SELECT context_key FROM seen_usage)
    UNION ALL
    SELECT 'tenant', id FROM tenants
    WHERE NOT "{is_scoped}" OR key IN (SELECT tenant_key FROM seen_usage)
)
SELECT toBool(count(*) > 0) AS any_recorded FROM known WHERE filter = $filter AND has($values, value)
