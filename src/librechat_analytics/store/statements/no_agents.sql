-- Says that no agents were looked up for new rows, so that these wait for their agents.
-- Frames: none. Parameters: none. Creates: found.
CREATE OR REPLACE TEMP TABLE found (
    id_head UBIGINT, id_tail UINTEGER, agent_key UINTEGER, certainty certainty, provider_key UINTEGER,
    by_endpoint BOOLEAN
);
