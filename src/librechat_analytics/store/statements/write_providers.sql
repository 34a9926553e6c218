-- Writes the providers of `known` (model, provider) to the rows of these models that have none.
-- Frames: known. Parameters: none.
INSERT INTO providers (key, id)
SELECT (SELECT coalesce(max(key), 0) FROM providers) + row_number() OVER (), id
FROM (SELECT DISTINCT provider AS id FROM known) ANTI JOIN providers USING (id);

UPDATE transactions SET provider_key = found.provider_key
FROM (
    SELECT models.key AS model_key, providers.key AS provider_key
    FROM known
    JOIN models ON models.id = known.model
    JOIN providers ON providers.id = known.provider
) AS found
WHERE transactions.provider_key IS NULL AND transactions.model_key = found.model_key;
