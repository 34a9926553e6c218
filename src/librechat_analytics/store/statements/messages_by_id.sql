-- The messages of a dump whose ids are in `wanted` (id).
-- Frames: wanted. Parameters: none. One row per message, in the order of the dump.
SELECT messages.* EXCLUDE (position) FROM replies.messages SEMI JOIN wanted USING (id) ORDER BY position;
