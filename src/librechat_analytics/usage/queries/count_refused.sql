-- How many rows were refused, ever.
SELECT count(*) AS refused FROM refused
