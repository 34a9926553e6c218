-- Writes down who answered; rows that are final leave the waiting list. What was known once stays known, and who
-- asks another source than before takes only what is more certain.
INSERT INTO agents (key, id, name)
SELECT (SELECT coalesce(max(key), 0) FROM agents) + row_number() OVER (), id, name
FROM (SELECT agent AS id, max(sender) AS name FROM attributed WHERE agent IS NOT NULL GROUP BY agent)
ANTI JOIN agents USING (id);

UPDATE agents SET name = seen.name
FROM (SELECT agent AS id, max(sender) AS name FROM attributed WHERE sender IS NOT NULL GROUP BY agent) AS seen
WHERE agents.id = seen.id AND agents.name IS NULL AND NOT agents.labelled;

INSERT INTO providers (key, id)
SELECT (SELECT coalesce(max(key), 0) FROM providers) + row_number() OVER (), id
FROM (SELECT DISTINCT provider AS id FROM attributed WHERE provider IS NOT NULL) ANTI JOIN providers USING (id);

UPDATE transactions
SET agent_key = found.agent_key, certainty = found.certainty, provider_key = found.provider_key
FROM (
    SELECT id_head, id_tail, agents.key AS agent_key, certainty::certainty AS certainty, providers.key AS provider_key
    FROM attributed
    LEFT JOIN agents ON agents.id = attributed.agent
    LEFT JOIN providers ON providers.id = attributed.provider
) AS found
WHERE transactions.id_head BETWEEN $lowest_head AND $highest_head
    AND transactions.id_head = found.id_head AND transactions.id_tail = found.id_tail
    AND (found.certainty < transactions.certainty OR NOT $only_better AND found.certainty <> 'unknown');

DELETE FROM unattributed
USING attributed
WHERE final AND unattributed.id_head BETWEEN $lowest_head AND $highest_head
    AND unattributed.id_head = attributed.id_head AND unattributed.id_tail = attributed.id_tail;
