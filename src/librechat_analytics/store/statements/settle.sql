-- Writes the agents that were found for rows; rows that are final leave the list of unattributed rows. A known agent
-- stays known: with $only_better, only a more certain agent replaces it. Providers are written in any case. It needs
-- the table that found_agents.sql creates.
-- Frames: attributed. Parameters: $lowest_head, $highest_head, $only_better, $agents_as_of.
-- Replaces a provider that was only guessed from the model's name if the endpoint names one.
UPDATE transactions
SET provider_key = found.provider_key
FROM found
WHERE transactions.id_head BETWEEN $lowest_head AND $highest_head
    AND transactions.id_head = found.id_head AND transactions.id_tail = found.id_tail
    AND found.provider_key IS DISTINCT FROM transactions.provider_key
    AND (transactions.provider_key IS NULL OR transactions.certainty = 'unknown' AND found.by_endpoint);

UPDATE transactions
SET
    agent_key = found.agent_key, certainty = found.certainty,
    -- If the agent changes, the old agent's provider is dropped.
    provider_key = coalesce(
        found.provider_key,
        CASE WHEN transactions.agent_key IS NOT DISTINCT FROM found.agent_key THEN transactions.provider_key END
    )
FROM found
WHERE transactions.id_head BETWEEN $lowest_head AND $highest_head
    AND transactions.id_head = found.id_head AND transactions.id_tail = found.id_tail
    AND (found.certainty < transactions.certainty OR NOT $only_better AND found.certainty <> 'unknown');

DELETE FROM told_early
USING attributed
WHERE told_early.id_head BETWEEN $lowest_head AND $highest_head
    AND told_early.id_head = attributed.id_head AND told_early.id_tail = attributed.id_tail;

-- Rows that are newer than the last reading of the agents, if the agent that was found is the one held.
INSERT INTO told_early
SELECT id_head, id_tail, waiting.created_at, waiting.model, endpoint, attributed.agent, waiting.spender, waiting.tenant
FROM attributed
JOIN (FROM unattributed WHERE id_head BETWEEN $lowest_head AND $highest_head) AS waiting USING (id_head, id_tail)
JOIN found USING (id_head, id_tail)
JOIN (
    SELECT id_head, id_tail, agent_key, certainty FROM transactions
    WHERE id_head BETWEEN $lowest_head AND $highest_head
) AS held USING (id_head, id_tail)
WHERE final AND waiting.created_at >= $agents_as_of AND (attributed.agent IS NOT NULL OR waiting.spender IS NOT NULL)
    AND held.agent_key IS NOT DISTINCT FROM found.agent_key AND held.certainty = found.certainty;

DELETE FROM unattributed
USING attributed
WHERE final AND unattributed.id_head BETWEEN $lowest_head AND $highest_head
    AND unattributed.id_head = attributed.id_head AND unattributed.id_tail = attributed.id_tail;

DROP TABLE found;
