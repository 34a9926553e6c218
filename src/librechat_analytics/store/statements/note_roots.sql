-- Notes the conversations that may have got another root. It needs the table that write_roots.sql creates.
-- Frames: none. Parameters: none.
INSERT INTO unpublished_conversations
SELECT key, (SELECT coalesce(max(noted), 0) + 1 FROM unpublished_conversations)
FROM (
    SELECT key FROM rooted
    UNION
    SELECT conversations.key FROM conversations SEMI JOIN rooted ON rooted.key = conversations.root_key
) AS moved;
