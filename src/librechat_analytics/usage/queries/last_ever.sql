-- When users were last active, up to now; key 0 stands for the rows without a readable user.
-- Reads: selected_ever. Parameters: $user_keys. One row per user.
SELECT coalesce(user_key, 0) AS user_key, fromUnixTimestamp64Milli(max(last_at)) AS last_ever
FROM selected_ever
WHERE coalesce(user_key, 0) IN (SELECT arrayJoin($user_keys))
GROUP BY coalesce(user_key, 0)
