-- Lists what the last evaluation wrote for the next one.
-- Frames: none. Parameters: none. One row per mark.
SELECT name, value FROM evaluation_marks;
