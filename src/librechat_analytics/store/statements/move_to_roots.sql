-- Counts the rows of conversations with a root as rows of that root. It needs the table that write_roots.sql creates.
-- Frames: none. Parameters: none.
UPDATE conversations SET root_key = rooted.root_key
FROM rooted
WHERE rooted.key <> rooted.root_key AND conversations.root_key = rooted.key;

UPDATE transactions SET conversation_key = rooted.root_key
FROM rooted
WHERE rooted.key <> rooted.root_key AND transactions.conversation_key = rooted.key;
