-- Whether an agent's id was ever recorded as the model.
-- Frames: none. Parameters: none. One row.
SELECT EXISTS (FROM models WHERE agent IS NOT NULL);
