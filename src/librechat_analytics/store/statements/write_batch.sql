-- Collects the rows of `batch` whose ids are not held yet, and adds the names that they bring. insert_rows.sql adds the
-- rows themselves.
-- Frames: batch. Parameters: $lowest_head, $highest_head. Creates: fresh.
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT batch.* FROM batch
ANTI JOIN (
    SELECT id_head, id_tail FROM transactions WHERE id_head BETWEEN $lowest_head AND $highest_head
) AS held USING (id_head, id_tail);

INSERT INTO users (key, id)
SELECT (SELECT coalesce(max(key), 0) FROM users) + row_number() OVER (), id
FROM (SELECT DISTINCT "user" AS id FROM fresh WHERE "user" IS NOT NULL) ANTI JOIN users USING (id);

INSERT INTO conversations (key, id)
SELECT (SELECT coalesce(max(key), 0) FROM conversations) + row_number() OVER (), id
FROM (SELECT DISTINCT conversation AS id FROM fresh WHERE conversation IS NOT NULL) ANTI JOIN conversations USING (id);

INSERT INTO models (key, id, agent)
SELECT (SELECT coalesce(max(key), 0) FROM models) + row_number() OVER (), id, agent
FROM (
    -- Parallel agents have ids with a suffix; lists show the id without it, so it is added too.
    SELECT model AS id, model_agent AS agent FROM fresh WHERE model IS NOT NULL
    UNION SELECT model_agent, model_agent FROM fresh WHERE model_agent IS NOT NULL
) ANTI JOIN models USING (id);

UPDATE models SET unpriced = true
WHERE NOT unpriced AND id IN (SELECT model FROM fresh WHERE fresh.unpriced);

-- These three come from all rows of the batch, because some rows are held without them.
INSERT INTO contexts (key, id)
SELECT (SELECT coalesce(max(key), 0) FROM contexts) + row_number() OVER (), id
FROM (SELECT DISTINCT context AS id FROM batch WHERE context IS NOT NULL) ANTI JOIN contexts USING (id);

INSERT INTO tenants (key, id)
SELECT (SELECT coalesce(max(key), 0) FROM tenants) + row_number() OVER (), id
FROM (SELECT DISTINCT tenant AS id FROM batch WHERE tenant IS NOT NULL) ANTI JOIN tenants USING (id);

INSERT INTO providers (key, id)
SELECT (SELECT coalesce(max(key), 0) FROM providers) + row_number() OVER (), id
FROM (SELECT DISTINCT provider AS id FROM batch WHERE provider IS NOT NULL) ANTI JOIN providers USING (id);
