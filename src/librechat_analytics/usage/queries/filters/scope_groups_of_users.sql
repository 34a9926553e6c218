-- The groups of the users whom a reader may see, for a scope that names only tenants.
-- Reads: groups, memberships, seen_users. Parameters: none.
SELECT * FROM groups
WHERE
    id IN (SELECT group_id FROM memberships WHERE until IS NULL AND user_key IN (SELECT key FROM seen_users))
