-- The users of what some cost centres pay for, of those whom a reader may see.
-- Reads: people, seen_usage. Parameters: none.
SELECT * FROM people
WHERE
    key IN (SELECT user_key FROM seen_usage)
