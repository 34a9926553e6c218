-- Collects the agents that `attributed` names, for name_agents.sql.
-- Frames: attributed. Parameters: none. Creates: agents_to_name.
CREATE OR REPLACE TEMP TABLE agents_to_name AS
SELECT agent AS id, tenant, max(sender) AS sender
FROM attributed WHERE agent IS NOT NULL
GROUP BY ALL;
