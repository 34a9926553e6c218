-- What the filters can be set to, most used first where that is cheap to know.
SELECT 'provider' AS filter, id AS value, id AS label FROM providers
UNION ALL SELECT 'context', id, id FROM contexts
UNION ALL SELECT DISTINCT 'role', role, role FROM users WHERE role IS NOT NULL
UNION ALL
SELECT DISTINCT 'domain', lower(split_part(email, '@', -1)), lower(split_part(email, '@', -1))
FROM users WHERE contains(email, '@')
UNION ALL SELECT 'group', id, coalesce(name, id) FROM groups
ORDER BY filter, label
