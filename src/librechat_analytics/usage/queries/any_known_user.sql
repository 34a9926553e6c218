-- Whether the names of users were ever read.
SELECT count(*) > 0 AS any_known FROM users WHERE labelled
