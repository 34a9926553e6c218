-- Lists the granules to publish: those that were noted. While the history is being read, those with rows that wait for
-- their agents are left for later, because they will change again.
-- Frames: none. Parameters: none. Creates: granules. One row: how many there are, the last notes on granules and on
-- conversations, and whether all cells were forgotten.
CREATE OR REPLACE TEMP TABLE granules AS
SELECT DISTINCT slot, conversation_key FROM unpublished
WHERE slot IS NOT NULL;

DELETE FROM granules
USING (
    SELECT slot, coalesce(conversation_key, 0) AS conversation_key
    FROM transactions SEMI JOIN unattributed USING (id_head, id_tail)
    WHERE (SELECT oldest_id IS NOT NULL AND NOT history_complete FROM sync_state)
) AS waiting
WHERE granules.slot = waiting.slot AND granules.conversation_key = waiting.conversation_key;

SELECT
    (SELECT count(*) FROM granules),
    (SELECT coalesce(max(noted), 0) FROM unpublished),
    (SELECT coalesce(max(noted), 0) FROM unpublished_conversations),
    (SELECT count(*) > 0 FROM unpublished WHERE slot IS NULL);
