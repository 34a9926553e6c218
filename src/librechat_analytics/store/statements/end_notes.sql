-- Removes the tables of create_notes.sql with the notes, from a store that is not published any more. The table
-- published stays and says whose ledger it was.
-- Frames: none. Parameters: none.
DROP TABLE IF EXISTS unpublished;
DROP TABLE IF EXISTS unpublished_conversations;
DROP TABLE IF EXISTS published_tables;
DROP TABLE IF EXISTS published_waiting;
