-- The greatest key of a user and of an agent, 0 without any.
-- Frames: none. Parameters: none. One row.
SELECT
    (SELECT coalesce(max(key), 0) FROM users) AS user_key,
    (SELECT coalesce(max(key), 0) FROM agents) AS agent_key;
