-- Erases a user's name, e-mail address and domains, and notes that later labels must not bring them back. Also erases
-- what receivers answered, because it may repeat names that they were sent.
-- Frames: none. Parameters: $id.
UPDATE users SET name = NULL, email = NULL, forgotten = true WHERE id = $id;

DELETE FROM user_traits
WHERE trait = 'domain' AND user_key IN (SELECT key FROM users WHERE id = $id);

UPDATE deliveries SET last_answer = NULL WHERE last_answer IS NOT NULL;
