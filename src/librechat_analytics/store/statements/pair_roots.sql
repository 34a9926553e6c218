-- Lists the conversations to which move_to_roots.sql has moved rows, and in which slots they may have pairs.
-- Frames: none. Parameters: none. Creates: to_pair. One row: the first and the last slot.
CREATE OR REPLACE TEMP TABLE to_pair AS
SELECT conversation_key, min(slot) AS first_slot, max(slot) AS last_slot
FROM usage
WHERE conversation_key IN (SELECT root_key FROM rooted WHERE key <> root_key)
GROUP BY conversation_key;

SELECT min(first_slot), max(last_slot) FROM to_pair;
