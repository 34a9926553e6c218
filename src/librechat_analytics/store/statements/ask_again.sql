-- Puts the rows of `batch` back on the waiting list that are held without anybody knowing who answered.
INSERT INTO unattributed
SELECT id_head, id_tail, created_at, message, conversation, model, recorded_agent
FROM batch
SEMI JOIN (
    SELECT id_head, id_tail FROM transactions
    WHERE id_head BETWEEN $lowest_head AND $highest_head AND certainty = 'unknown' AND usage_type <> 'other'
) AS unknown USING (id_head, id_tail)
ANTI JOIN (
    SELECT id_head, id_tail FROM unattributed WHERE id_head BETWEEN $lowest_head AND $highest_head
) AS waiting USING (id_head, id_tail);
