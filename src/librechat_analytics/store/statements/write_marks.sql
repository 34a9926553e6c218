-- Writes what the next evaluation must know, in place of what the last one wrote.
-- Frames: marks. Parameters: none.
DELETE FROM evaluation_marks WHERE name NOT IN (SELECT name FROM marks);

UPDATE evaluation_marks SET value = marks.value
FROM marks
WHERE marks.name = evaluation_marks.name AND marks.value <> evaluation_marks.value;

INSERT INTO evaluation_marks (name, value)
SELECT name, value FROM marks
WHERE name NOT IN (SELECT name FROM evaluation_marks);
