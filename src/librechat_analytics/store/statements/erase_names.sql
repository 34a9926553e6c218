-- Erases the names, e-mail addresses and domains of all users.
-- Frames: none. Parameters: none.
UPDATE users SET name = NULL, email = NULL;

DELETE FROM user_traits WHERE trait = 'domain';

UPDATE sync_state SET domains_since = NULL;
