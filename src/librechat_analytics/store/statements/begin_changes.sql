-- Makes the empty list of cells to sum up again, each a slot of a conversation.
-- Frames: none. Parameters: none. Creates: changed_cells.
CREATE OR REPLACE TEMP TABLE changed_cells (slot INTEGER, conversation_key UINTEGER);
