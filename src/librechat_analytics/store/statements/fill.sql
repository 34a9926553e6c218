-- Completes the outdated rows that `batch` holds, and takes them off the list, except rows that LibreChat has still
-- not settled.
-- Frames: batch. Parameters: $lowest_head, $highest_head.
CREATE OR REPLACE TEMP TABLE filled AS
SELECT batch.* FROM batch
SEMI JOIN (
    SELECT id_head, id_tail FROM outdated WHERE id_head BETWEEN $lowest_head AND $highest_head
) AS listed USING (id_head, id_tail)
WHERE NOT pending;

UPDATE transactions
SET
    context_key = found.context_key, credits_e6 = found.credits_e6,
    sentinel = found.sentinel, positive_value = found.positive_value
FROM (
    SELECT
        id_head, id_tail, contexts.key AS context_key, sentinel, positive_value,
        credits_high * 1000000000000000000::HUGEINT + credits_low AS credits_e6
    FROM filled LEFT JOIN contexts ON contexts.id = filled.context
    WHERE token_type NOT IN ('prompt', 'completion')
) AS found
WHERE transactions.id_head BETWEEN $lowest_head AND $highest_head AND usage_type = 'other'
    AND transactions.id_head = found.id_head AND transactions.id_tail = found.id_tail;

INSERT INTO unattributed
SELECT id_head, id_tail, created_at, message, conversation, model, recorded_agent, tenant, spender
FROM filled
SEMI JOIN (
    SELECT id_head, id_tail FROM transactions
    WHERE id_head BETWEEN $lowest_head AND $highest_head AND usage_type = 'other' AND certainty <> 'exact'
) AS uncertain USING (id_head, id_tail)
ANTI JOIN (
    SELECT id_head, id_tail FROM unattributed WHERE id_head BETWEEN $lowest_head AND $highest_head
) AS waiting USING (id_head, id_tail)
WHERE attributable;

DELETE FROM outdated
USING filled
WHERE outdated.id_head BETWEEN $lowest_head AND $highest_head
    AND outdated.id_head = filled.id_head AND outdated.id_tail = filled.id_tail;

DROP TABLE filled;
