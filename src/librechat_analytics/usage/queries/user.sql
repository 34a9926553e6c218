-- One user, unless whoever asks may not see them.
SELECT id, name, email, role, balance_e6, deleted_at IS NOT NULL AS deleted
FROM users
WHERE id = $user AND (
    $everybody
    OR lower(split_part(email, '@', -1)) IN (SELECT unnest($scope_domains::VARCHAR[]))
    OR key IN (SELECT user_key FROM memberships WHERE group_id IN (SELECT unnest($scope_groups::VARCHAR[])))
)
