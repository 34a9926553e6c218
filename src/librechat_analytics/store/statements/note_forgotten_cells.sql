-- Notes that all cells were forgotten.
-- Frames: none. Parameters: none.
INSERT INTO unpublished
SELECT NULL, NULL, (SELECT coalesce(max(noted), 0) + 1 FROM unpublished);
