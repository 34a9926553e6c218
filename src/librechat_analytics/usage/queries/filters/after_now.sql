-- The rows that are dated later than now.
-- Reads: usage. Parameters: $now.
SELECT * FROM usage
WHERE
    created_at > $now
