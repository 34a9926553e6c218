-- Whether the labels of a user or an agent are still to be read.
-- Frames: none. Parameters: none. One row.
SELECT
    EXISTS (SELECT 1 FROM users WHERE NOT labelled AND deleted_at IS NULL)
    OR EXISTS (SELECT 1 FROM agents WHERE NOT labelled AND deleted_at IS NULL);
