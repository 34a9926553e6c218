-- Notes the granules of the rows that rename.sql changes: those with a model, a context, a provider or an agent that
-- becomes part of another one. It needs the tables that same_names.sql creates.
-- Frames: none. Parameters: none.
INSERT INTO unpublished
SELECT DISTINCT slot, coalesce(conversation_key, 0), (SELECT coalesce(max(noted), 0) + 1 FROM unpublished)
FROM transactions
WHERE model_key IN (SELECT key FROM same_models WHERE key <> kept)
    OR ran_key IN (SELECT key FROM same_models WHERE key <> kept)
    OR context_key IN (SELECT key FROM same_contexts WHERE key <> kept)
    OR provider_key IN (SELECT key FROM same_providers WHERE key <> kept)
    OR agent_key IN (SELECT key FROM same_agents WHERE key <> kept);
