-- Whether there is anybody among the users that may be seen (seen_users), with usage or without, or any usage that may
-- be seen (seen_usage): of a tenant there may be usage without any of its users.
SELECT EXISTS (FROM seen_users) OR EXISTS (FROM seen_usage) AS any_seen
