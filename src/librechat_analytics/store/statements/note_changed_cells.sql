-- Notes the granules in changed_cells.
-- Frames: none. Parameters: none.
INSERT INTO unpublished
SELECT DISTINCT slot, coalesce(conversation_key, 0), (SELECT coalesce(max(noted), 0) + 1 FROM unpublished)
FROM changed_cells;
