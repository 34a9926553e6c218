-- Notes the rows of `touched` (id_head, id_tail) that are in cells, with everything about them that may change.
-- Frames: touched. Parameters: $lowest_head, $highest_head, $summed_until. Creates: rows_before.
CREATE OR REPLACE TEMP TABLE rows_before AS
SELECT id_head, id_tail, slot, conversation_key, ran_key, agent_key, certainty, provider_key, tenant_key
FROM (FROM usage WHERE id_head BETWEEN $lowest_head AND $highest_head AND slot < $summed_until)
SEMI JOIN touched USING (id_head, id_tail);
