-- Lists the rows that attribute.sql left to Python; it needs the table that attribute.sql creates.
-- Frames: none. Parameters: none. One row per row, newest first.
SELECT
    waiting.id_head, waiting.id_tail, waiting.created_at, message, waiting.conversation, model, recorded_agent,
    waiting.tenant, spender, waiting.root
FROM waiting
SEMI JOIN (SELECT id_head, id_tail FROM attributed WHERE in_doubt) AS doubtful USING (id_head, id_tail)
ORDER BY waiting.id_head DESC, waiting.id_tail DESC;
