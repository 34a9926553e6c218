-- The slot before which all usage is summed up in cells, and the greatest keys of users, conversations, models, agents.
-- Frames: none. Parameters: none. One row; 0 for what is not there.
SELECT
    coalesce(summed_until, 0),
    coalesce((SELECT max(key) FROM users), 0),
    coalesce((SELECT max(key) FROM conversations), 0),
    coalesce((SELECT max(key) FROM models), 0),
    coalesce((SELECT max(key) FROM agents), 0)
FROM sync_state;
