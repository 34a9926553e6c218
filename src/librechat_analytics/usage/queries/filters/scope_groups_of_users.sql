id IN (SELECT group_id FROM memberships WHERE until IS NULL AND user_key IN (SELECT key FROM seen_users))
