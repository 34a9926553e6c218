-- Whether there may be usage that was recorded twice in a period, and usage that is dated later than now. Both are
-- rare, and a query for each takes longer than this one.
-- Reads: transactions. Parameters: $end, $now, $start. One row.
SELECT
    toBool(coalesce(max(CASE WHEN paired THEN 1 ELSE 0 END), 0) = 1) AS any_paired,
    toBool(coalesce(max(CASE WHEN created_at > $now THEN 1 ELSE 0 END), 0) = 1) AS any_later
FROM transactions
WHERE
    slot >= floorDiv(toUnixTimestamp64Milli(least($start, $now)), 900000)
    AND (
        paired AND created_at >= $start AND created_at < $end
        OR created_at > $now
    )
