-- The users who are in several groups, and what they cost in a period and in the previous one.
-- Reads: both_ranges, members. Parameters: none. One row.
WITH
of_several AS (
    SELECT user_key FROM members GROUP BY user_key HAVING count(*) > 1
)
SELECT
    count(DISTINCT counted_user_key) AS users,
    coalesce(sum(CASE WHEN is_before THEN -cost_e6 ELSE cost_e6 END), 0) AS difference_e6
FROM both_ranges
WHERE user_key IN (SELECT user_key FROM of_several)
