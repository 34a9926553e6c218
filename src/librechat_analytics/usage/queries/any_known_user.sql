-- Whether the users' labels were ever read.
-- Reads: users. Parameters: none. One row.
SELECT toBool(count(*) > 0) AS any_known FROM users WHERE labelled
