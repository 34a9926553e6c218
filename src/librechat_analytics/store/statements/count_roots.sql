-- Counts the conversations in `roots`, and those that count with another one.
-- Frames: roots. Parameters: none. One row.
SELECT count(*), count(*) FILTER (id <> root) FROM roots;
