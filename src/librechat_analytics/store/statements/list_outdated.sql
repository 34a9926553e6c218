-- Lists up to $limit outdated rows with ids below ($head, $tail).
-- Frames: none. Parameters: $head, $tail, $limit. One row per id, newest first.
SELECT id_head, id_tail FROM outdated
WHERE id_head < $head OR id_head = $head AND id_tail < $tail
ORDER BY id_head DESC, id_tail DESC
LIMIT $limit;
