-- The conversations of a dump whose ids are in `wanted` (id).
-- Frames: wanted. Parameters: none. One row per conversation, in the order of the dump.
SELECT conversations.* EXCLUDE (position) FROM replies.conversations SEMI JOIN wanted USING (id) ORDER BY position;
