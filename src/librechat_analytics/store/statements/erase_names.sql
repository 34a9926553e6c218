-- Erases the names, e-mail addresses and domains of all users, and what receivers answered, because it may repeat names
-- that they were sent.
-- Frames: none. Parameters: none.
UPDATE users SET name = NULL, email = NULL;

DELETE FROM user_traits WHERE trait = 'domain';

UPDATE sync_state SET domains_since = NULL;

UPDATE deliveries SET last_answer = NULL WHERE last_answer IS NOT NULL;
