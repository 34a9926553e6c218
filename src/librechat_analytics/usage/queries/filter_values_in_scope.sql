-- The same for whoever may see some users only: what these are, and what they have used.
WITH seen AS (
    SELECT key, role, lower(split_part(email, '@', -1)) AS domain FROM users
    WHERE domain IN (SELECT unnest($scope_domains::VARCHAR[]))
        OR key IN (SELECT user_key FROM memberships WHERE group_id IN (SELECT unnest($scope_groups::VARCHAR[])))
),
used AS (SELECT DISTINCT provider_key, context_key FROM usage WHERE user_key IN (SELECT key FROM seen))
SELECT 'provider' AS filter, id AS value, id AS label FROM providers WHERE key IN (SELECT provider_key FROM used)
UNION ALL SELECT 'context', id, id FROM contexts WHERE key IN (SELECT context_key FROM used)
UNION ALL SELECT DISTINCT 'role', role, role FROM seen WHERE role IS NOT NULL
UNION ALL SELECT DISTINCT 'domain', domain, domain FROM seen WHERE domain IS NOT NULL
UNION ALL SELECT 'group', id, coalesce(name, id) FROM groups WHERE id IN (SELECT unnest($scope_groups::VARCHAR[]))
ORDER BY filter, label
