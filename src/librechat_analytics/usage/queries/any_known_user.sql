-- Whether the names of users were ever read.
SELECT count(*) > 0 FROM users WHERE labelled
