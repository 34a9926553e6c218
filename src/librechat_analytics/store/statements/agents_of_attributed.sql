-- The agents that `attributed` names, for name_agents.
CREATE OR REPLACE TEMP TABLE asked_agents AS
SELECT agent AS id, tenant, max(sender) AS sender
FROM attributed WHERE agent IS NOT NULL
GROUP BY ALL;
