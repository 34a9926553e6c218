-- Finds the entries that have the same name when names are replaced by the form that lists show, given in `renamed`
-- (name, listed), and which of them is kept.
-- Frames: renamed. Parameters: none. Creates: same_models, same_contexts, same_providers, same_agents.
CREATE OR REPLACE TEMP TABLE same_models AS
SELECT key, coalesce(listed, id) AS listed, min(key) OVER (PARTITION BY coalesce(listed, id)) AS kept
FROM models LEFT JOIN renamed ON renamed.name = models.id;

CREATE OR REPLACE TEMP TABLE same_contexts AS
SELECT key, coalesce(listed, id) AS listed, min(key) OVER (PARTITION BY coalesce(listed, id)) AS kept
FROM contexts LEFT JOIN renamed ON renamed.name = contexts.id;

CREATE OR REPLACE TEMP TABLE same_providers AS
SELECT key, coalesce(listed, id) AS listed, min(key) OVER (PARTITION BY coalesce(listed, id)) AS kept
FROM providers LEFT JOIN renamed ON renamed.name = providers.id;

-- An agent can have only one history of models, so the entry with a known history is kept.
CREATE OR REPLACE TEMP TABLE same_agents AS
SELECT
    key, coalesce(listed, id) AS listed,
    first_value(key) OVER (
        PARTITION BY coalesce(listed, id), tenant
        ORDER BY key IN (SELECT agent_key FROM agent_versions) DESC, labelled DESC, key
    ) AS kept
FROM agents LEFT JOIN renamed ON renamed.name = agents.id;
