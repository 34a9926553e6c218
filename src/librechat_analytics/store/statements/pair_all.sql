-- Lists all conversations, after models were merged.
-- Frames: none. Parameters: none. Creates: to_pair. One row: the first and the last slot.
CREATE OR REPLACE TEMP TABLE to_pair AS
SELECT conversation_key, min(slot) AS first_slot, max(slot) AS last_slot
FROM usage WHERE conversation_key IS NOT NULL
GROUP BY conversation_key;

SELECT min(first_slot), max(last_slot) FROM to_pair;
