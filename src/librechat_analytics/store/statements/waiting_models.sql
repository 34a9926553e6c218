-- The models of rows whose agent is not known yet.
-- Frames: none. Parameters: none. One row per model.
SELECT DISTINCT model FROM unattributed WHERE model IS NOT NULL;
