-- The messages of a dump in the conversations of `wanted` (id).
-- Frames: wanted. Parameters: none. One row per message, in the order of the dump.
SELECT messages.* EXCLUDE (position) FROM replies.messages
SEMI JOIN wanted ON wanted.id = messages.conversation ORDER BY position;
