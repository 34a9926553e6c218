-- How many rows and users there are.
-- Frames: none. Parameters: none. One row.
SELECT (SELECT count(*) FROM transactions), (SELECT count(*) FROM users);
