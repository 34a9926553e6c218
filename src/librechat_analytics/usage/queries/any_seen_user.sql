-- Whether a scope matches any user, with usage or without, or any usage. A tenant may have usage and no users.
-- Reads: seen_users, seen_usage. Parameters: none. One row.
SELECT toBool(EXISTS (SELECT 1 FROM seen_users) OR EXISTS (SELECT 1 FROM seen_usage)) AS any_seen
