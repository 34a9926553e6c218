-- Writes the providers of `told` (id_head, id_tail, provider) where they differ from those held. Rows from before
-- $named_before leave the list: they are older than the last reading of their agents.
-- Frames: told. Parameters: $lowest_head, $highest_head, $named_before.
INSERT INTO providers (key, id)
SELECT (SELECT coalesce(max(key), 0) FROM providers) + row_number() OVER (), id
FROM (SELECT DISTINCT provider AS id FROM told WHERE provider IS NOT NULL) ANTI JOIN providers USING (id);

UPDATE transactions SET provider_key = named.key
FROM (
    SELECT id_head, id_tail, providers.key
    FROM told LEFT JOIN providers ON providers.id = told.provider
) AS named
WHERE transactions.id_head BETWEEN $lowest_head AND $highest_head
    AND transactions.id_head = named.id_head AND transactions.id_tail = named.id_tail
    AND transactions.provider_key IS DISTINCT FROM named.key;

DELETE FROM told_early WHERE created_at < $named_before;
