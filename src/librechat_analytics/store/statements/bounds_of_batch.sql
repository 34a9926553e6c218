-- The range of the heads in `batch`, and whether any row has a tenant, and any has an agent's id in place of a model.
-- Frames: batch. Parameters: none. One row.
SELECT min(id_head), max(id_head), count(tenant) > 0, count(model_agent) > 0 FROM batch;
