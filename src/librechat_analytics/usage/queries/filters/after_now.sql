-- The rows that are dated later than now. By slot too, because ClickHouse sorts rows by it.
-- Reads: usage. Parameters: $now.
SELECT * FROM usage
WHERE
    created_at > $now AND slot >= floorDiv(toUnixTimestamp64Milli($now), 900000)
