-- The ids of the users with this id or e-mail address, in upper or lower case.
-- Frames: none. Parameters: $text. One row per user.
SELECT id FROM users WHERE id = lower($text) OR lower(email) = lower($text) ORDER BY id;
