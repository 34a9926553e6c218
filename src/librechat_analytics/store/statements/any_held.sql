-- Whether any of the ids in `wanted` is held.
-- Frames: wanted. Parameters: none. One row.
SELECT count(*) > 0 FROM (SELECT 1 FROM transactions SEMI JOIN wanted USING (id_head, id_tail) LIMIT 1) AS held;
