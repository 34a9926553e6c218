-- Lists the granules to publish: those that were noted. While the history is being read, those with rows that wait for
-- their agents are left for later, because they will change again; but not where cells are published for the first
-- time, from slot $cells_from on, because cells and their rows must be published together.
-- Frames: none. Parameters: $cells_from, $sends_all. Creates: granules, left_for_later (id_head, id_tail). One row: how
-- many granules there are, the last notes on granules and on conversations, and whether all cells were forgotten.
CREATE OR REPLACE TEMP TABLE granules AS
SELECT DISTINCT slot, conversation_key FROM unpublished
WHERE slot IS NOT NULL;

CREATE OR REPLACE TEMP TABLE left_for_later AS
SELECT id_head, id_tail, slot, coalesce(conversation_key, 0) AS conversation_key
FROM transactions
SEMI JOIN unattributed USING (id_head, id_tail)
SEMI JOIN granules
    ON granules.slot = transactions.slot
    AND granules.conversation_key = coalesce(transactions.conversation_key, 0)
WHERE NOT $sends_all
    AND (SELECT oldest_id IS NOT NULL AND NOT history_complete FROM sync_state)
    AND NOT (
        slot < coalesce((SELECT summed_until FROM sync_state), $cells_from)
        AND (slot >= $cells_from OR (SELECT count(*) > 0 FROM unpublished WHERE unpublished.slot IS NULL))
    );

DELETE FROM granules
USING left_for_later AS later
WHERE granules.slot = later.slot AND granules.conversation_key = later.conversation_key;

SELECT
    (SELECT count(*) FROM granules),
    (SELECT coalesce(max(noted), 0) FROM unpublished),
    (SELECT coalesce(max(noted), 0) FROM unpublished_conversations),
    (SELECT count(*) > 0 FROM unpublished WHERE slot IS NULL);
