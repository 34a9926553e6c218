-- The models of rows whose provider is not known.
-- Frames: none. Parameters: none. One row per model.
SELECT id FROM models
WHERE key IN (SELECT DISTINCT model_key FROM transactions WHERE provider_key IS NULL)
ORDER BY id;
