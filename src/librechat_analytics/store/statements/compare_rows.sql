-- Adds the cells of those rows of `touched` that are not as note_rows.sql noted them.
-- Frames: touched. Parameters: $lowest_head, $highest_head, $summed_until.
INSERT INTO changed_cells
WITH rows_now AS MATERIALIZED (
    SELECT id_head, id_tail, slot, conversation_key, ran_key, agent_key, certainty, provider_key, tenant_key
    FROM (FROM usage WHERE id_head BETWEEN $lowest_head AND $highest_head AND slot < $summed_until)
    SEMI JOIN touched USING (id_head, id_tail)
)
SELECT slot, conversation_key FROM (FROM rows_now EXCEPT FROM rows_before)
UNION
SELECT slot, conversation_key FROM (FROM rows_before EXCEPT FROM rows_now);

DROP TABLE rows_before;
