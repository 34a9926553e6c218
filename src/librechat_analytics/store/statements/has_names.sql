-- Whether the store holds any name, e-mail address or domain of a user.
-- Frames: none. Parameters: none. One row.
SELECT
    EXISTS (SELECT 1 FROM users WHERE name IS NOT NULL OR email IS NOT NULL)
    OR EXISTS (SELECT 1 FROM user_traits WHERE trait = 'domain');
