-- Whether there is anybody among the users that may be seen (seen_users), with usage or without.
SELECT count(*) > 0 FROM seen_users
