-- Notes everything, so that it is published again.
-- Frames: none. Parameters: none.
INSERT INTO unpublished
SELECT DISTINCT slot, coalesce(conversation_key, 0), (SELECT coalesce(max(noted), 0) + 1 FROM unpublished)
FROM transactions;

INSERT INTO unpublished
SELECT NULL, NULL, (SELECT coalesce(max(noted), 0) + 1 FROM unpublished);

INSERT INTO unpublished_conversations
SELECT key, (SELECT coalesce(max(noted), 0) + 1 FROM unpublished_conversations) FROM conversations;

DELETE FROM published_tables;
