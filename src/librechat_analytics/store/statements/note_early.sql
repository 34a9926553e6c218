-- Notes new rows that are newer than the last reading of the agents, if that is $agents_as_of. A dump's agents are as
-- of its newest row, and so they become newer with each batch. It needs the tables that attribute.sql creates.
-- Frames: none. Parameters: $agents_as_of.
DELETE FROM told_early WHERE created_at < $agents_as_of;

INSERT INTO told_early
SELECT id_head, id_tail, waiting.created_at, waiting.model, endpoint, agent, spender, waiting.tenant
FROM attributed JOIN waiting USING (id_head, id_tail)
WHERE final AND waiting.created_at >= $agents_as_of AND (agent IS NOT NULL OR spender IS NOT NULL);
