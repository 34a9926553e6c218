-- Lets the rows of conversations that do not count by themselves count with their roots.
UPDATE conversations SET root_key = rooted.root_key
FROM rooted
WHERE rooted.key <> rooted.root_key AND conversations.root_key = rooted.key;

UPDATE transactions SET conversation_key = rooted.root_key
FROM rooted
WHERE rooted.key <> rooted.root_key AND transactions.conversation_key = rooted.key;
