-- Removes the tables that create_notes.sql makes, from a store that is not published any more.
-- Frames: none. Parameters: none.
DROP TABLE IF EXISTS published;
DROP TABLE IF EXISTS unpublished;
DROP TABLE IF EXISTS unpublished_conversations;
DROP TABLE IF EXISTS published_tables;
DROP TABLE IF EXISTS published_waiting;
