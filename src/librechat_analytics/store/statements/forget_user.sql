-- Erases a user's name, e-mail address and domains, and notes that later labels must not bring them back.
-- Frames: none. Parameters: $id.
UPDATE users SET name = NULL, email = NULL, forgotten = true WHERE id = $id;

DELETE FROM user_traits
WHERE trait = 'domain' AND user_key IN (SELECT key FROM users WHERE id = $id);
