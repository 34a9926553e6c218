-- How many rows were refused, of all time.
-- Reads: refused. Parameters: none. One row.
SELECT count(*) AS refused FROM refused
