-- Keeps the rows of `touched` (id_head, id_tail) as they are before a change.
-- Frames: touched. Parameters: $lowest_head, $highest_head. Creates: kept_rows.
CREATE OR REPLACE TEMP TABLE kept_rows AS
SELECT * FROM (FROM transactions WHERE id_head BETWEEN $lowest_head AND $highest_head)
SEMI JOIN touched USING (id_head, id_tail);
