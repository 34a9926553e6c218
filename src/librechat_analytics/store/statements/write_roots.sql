-- Writes the root of each conversation in `roots` (id, root): the conversation that it counts with, usually itself.
-- Frames: roots. Parameters: none. Creates: rooted.
INSERT INTO conversations (key, id)
SELECT (SELECT coalesce(max(key), 0) FROM conversations) + row_number() OVER (), id
FROM (SELECT id FROM roots UNION SELECT root FROM roots) ANTI JOIN conversations USING (id);

CREATE OR REPLACE TEMP TABLE rooted AS
SELECT child.key AS key, coalesce(root.root_key, root.key) AS root_key
FROM roots
JOIN conversations AS child ON child.id = roots.id
JOIN conversations AS root ON root.id = roots.root;

UPDATE conversations SET root_key = rooted.root_key
FROM rooted
WHERE conversations.key = rooted.key;
