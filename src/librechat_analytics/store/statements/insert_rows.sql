-- Adds the rows of `fresh`, with the agents that `found` has for them; rows without one wait for it. It needs the
-- tables that write_batch.sql creates, and `found` of found_agents.sql or no_agents.sql.
-- Frames: none. Parameters: none. One row: how many rows were added.
INSERT INTO transactions
SELECT
    id_head, id_tail, created_at, epoch_ms(created_at) // 900000,
    users.key, coalesce(conversations.root_key, conversations.key), models.key, contexts.key,
    CASE WHEN token_type IN ('prompt', 'completion') THEN token_type ELSE 'other' END,
    CASE WHEN token_type NOT IN ('prompt', 'completion') THEN token_type END,
    CASE WHEN NOT isnan(rate) THEN rate END,
    tokens, credits_high * 1000000000000000000::HUGEINT + credits_low, cache_read_tokens, cache_write_tokens,
    structured, sentinel, positive_value, default_rate, model_agent IS NOT NULL,
    found.agent_key, coalesce(found.certainty, 'unknown'),
    -- A provider that the model's name shows stays, unless an agent or an endpoint names one.
    CASE
        WHEN found.certainty <> 'unknown' OR found.by_endpoint THEN found.provider_key
        ELSE coalesce(providers.key, found.provider_key)
    END,
    tenants.key, models.key, false
FROM fresh
LEFT JOIN found USING (id_head, id_tail)
LEFT JOIN users ON users.id = fresh."user"
LEFT JOIN conversations ON conversations.id = fresh.conversation
LEFT JOIN models ON models.id = fresh.model
LEFT JOIN contexts ON contexts.id = fresh.context
LEFT JOIN providers ON providers.id = fresh.provider
LEFT JOIN tenants ON tenants.id = fresh.tenant
ORDER BY id_head, id_tail;

INSERT INTO unattributed
SELECT id_head, id_tail, created_at, message, conversation, model, recorded_agent, tenant, spender
FROM fresh ANTI JOIN found USING (id_head, id_tail)
WHERE attributable;

INSERT INTO outdated SELECT id_head, id_tail FROM fresh WHERE pending;

SELECT count(*) FROM fresh;
