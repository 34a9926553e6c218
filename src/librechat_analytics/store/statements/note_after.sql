-- Notes the granules of those rows of `touched` that are not as note_before.sql kept them.
-- Frames: touched. Parameters: $lowest_head, $highest_head.
INSERT INTO unpublished
WITH rows_now AS MATERIALIZED (
    SELECT * FROM (FROM transactions WHERE id_head BETWEEN $lowest_head AND $highest_head)
    SEMI JOIN touched USING (id_head, id_tail)
)
SELECT slot, coalesce(conversation_key, 0), (SELECT coalesce(max(noted), 0) + 1 FROM unpublished)
FROM (
    SELECT slot, conversation_key FROM (FROM rows_now EXCEPT FROM kept_rows)
    UNION
    SELECT slot, conversation_key FROM (FROM kept_rows EXCEPT FROM rows_now)
) AS changed;

DROP TABLE kept_rows;
