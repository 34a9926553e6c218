-- Lets what has changed be published: the rows and cells of granules, the cells from slot $cells_from on, and the
-- conversations that were noted or have keys above $last_conversation_key. It needs the table that granules_to_send.sql
-- creates.
-- Frames: none. Parameters: $cells_from, $last_conversation_key. Creates: rows_to_send, cells_to_send,
-- conversations_to_send.
CREATE OR REPLACE TEMP VIEW rows_to_send AS
SELECT transactions.* FROM transactions
SEMI JOIN granules
    ON granules.slot = transactions.slot
    AND granules.conversation_key = coalesce(transactions.conversation_key, 0);

SET VARIABLE cells_from = $cells_from;
CREATE OR REPLACE TEMP VIEW cells_to_send AS
SELECT cells.* FROM cells
WHERE slot >= getvariable('cells_from')
UNION ALL
SELECT cells.* FROM cells
SEMI JOIN granules
    ON granules.slot = cells.slot AND granules.conversation_key = coalesce(cells.conversation_key, 0)
WHERE slot < getvariable('cells_from');

SET VARIABLE last_conversation_key = $last_conversation_key;
CREATE OR REPLACE TEMP VIEW conversations_to_send AS
SELECT * FROM conversations
WHERE key > getvariable('last_conversation_key') OR key IN (SELECT key FROM unpublished_conversations);
