-- Lists the new rows of a batch that get an agent, for attribute.sql. It needs the table that write_batch.sql creates.
-- Frames: none. Parameters: none. Creates: waiting.
CREATE OR REPLACE TEMP VIEW waiting AS
SELECT
    id_head, id_tail, created_at, message, conversation, model, recorded_agent, tenant, spender,
    NULL::VARCHAR AS root, provider AS family
FROM fresh WHERE attributable;
