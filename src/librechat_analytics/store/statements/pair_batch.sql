-- Lists the conversations of the rows that write_batch.sql has added, and in which slots they may have pairs.
-- Frames: none. Parameters: $lowest_head, $highest_head. Creates: to_pair. One row: the first and the last slot.
CREATE OR REPLACE TEMP TABLE to_pair AS
SELECT conversation_key, min(slot) - 1 AS first_slot, max(slot) + 1 AS last_slot
FROM (FROM usage WHERE id_head BETWEEN $lowest_head AND $highest_head)
SEMI JOIN fresh USING (id_head, id_tail)
WHERE conversation_key IS NOT NULL AND model_key IS NOT NULL
GROUP BY conversation_key;

SELECT min(first_slot), max(last_slot) FROM to_pair;
