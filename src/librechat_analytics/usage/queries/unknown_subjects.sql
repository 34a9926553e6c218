-- What rules of cost centres name and nobody ever was: an unknown id, address, group, domain, role or agent.
-- Reads: agents, groups, subjects, user_traits, users. Parameters: none. One row per kind and name.
SELECT who, name
FROM subjects
WHERE (who, name) NOT IN (
    SELECT 'agent', id FROM agents
    UNION ALL
    SELECT 'group', id FROM groups
    UNION ALL
    SELECT 'user', id FROM users WHERE id IS NOT NULL
    UNION ALL
    SELECT 'email', lower(email) FROM users WHERE email IS NOT NULL
    UNION ALL
    SELECT toString(trait), value FROM user_traits WHERE value IS NOT NULL
)
ORDER BY who, name
