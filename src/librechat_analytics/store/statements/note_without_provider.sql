-- Adds the cells that change when write_providers.sql writes the providers of `known` (model, provider).
-- Frames: known. Parameters: none.
INSERT INTO changed_cells
SELECT DISTINCT slot, conversation_key
FROM transactions
WHERE provider_key IS NULL AND model_key IN (SELECT models.key FROM known JOIN models ON models.id = known.model);
