-- Adds the cells that change when move_to_roots.sql moves rows to the roots of their conversations.
-- Frames: none. Parameters: none.
INSERT INTO changed_cells
WITH moved AS MATERIALIZED (
    SELECT DISTINCT slot, conversation_key, root_key
    FROM transactions JOIN rooted ON rooted.key = conversation_key
    WHERE rooted.key <> rooted.root_key
)
SELECT slot, conversation_key FROM moved
UNION
SELECT slot, root_key FROM moved;
