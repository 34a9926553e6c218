-- Finds in the conversations of to_pair what recorded_twice.sql may count. LibreChat v0.7.7 recorded some calls twice:
-- in the same conversation and second, a plain prompt has as many tokens as a cached one has uncached tokens.
-- Frames: none. Parameters: $first_slot, $last_slot. Creates: pairs. One row: whether there are any.
CREATE OR REPLACE TEMP TABLE pairs AS
WITH prompts AS MATERIALIZED (
    SELECT
        conversation_key, model_key, structured, round_even(epoch_ms(created_at) / 1000, 0) AS second,
        tokens::HUGEINT - cache_read_tokens - cache_write_tokens AS fresh_tokens,
        usage_type = 'prompt' AND NOT structured AND tokens > 0 AS plain
    FROM usage JOIN to_pair USING (conversation_key)
    WHERE slot BETWEEN $first_slot AND $last_slot AND slot BETWEEN to_pair.first_slot AND to_pair.last_slot
        AND model_key IS NOT NULL AND (usage_type = 'prompt' OR structured)
)
SELECT DISTINCT conversation_key, model_key, second
FROM (FROM prompts WHERE plain) SEMI JOIN (FROM prompts WHERE structured) AS cached
    USING (conversation_key, model_key, second, fresh_tokens);

SELECT EXISTS (FROM pairs);
