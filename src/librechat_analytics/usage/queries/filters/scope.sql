(
    user_key IN (
        SELECT key FROM users WHERE lower(split_part(email, '@', -1)) IN (SELECT unnest($scope_domains::VARCHAR[]))
    )
    OR user_key IN (
        SELECT user_key FROM memberships WHERE group_id IN (SELECT unnest($scope_groups::VARCHAR[]))
    )
)
