-- The users who are in several groups, and what they cost, once.
-- Reads: selected, members. Parameters: none. One row.
SELECT count(DISTINCT counted_user_key) AS users, coalesce(sum(cost_e6), 0) AS cost_e6
FROM selected
WHERE user_key IN (SELECT user_key FROM members GROUP BY user_key HAVING count(*) > 1)
