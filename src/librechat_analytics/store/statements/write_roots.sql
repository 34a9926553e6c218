-- Writes with which conversation each of `roots` (id, root) counts: most often with itself.
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
