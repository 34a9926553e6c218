-- The ids of all users.
-- Frames: none. Parameters: none. One row per user.
SELECT id FROM users;
