-- Sums up the rows of the view rows_to_sum from slot $first_slot on and before slot $end_slot. A cell never mixes
-- rates: if the prompts or the completions of a model have several rates in a slot of a conversation, the model's cells
-- there are split by rate. The rate of a structured row is a mean, so it does not count. Structured completions, which
-- LibreChat does not write, are in cells of their own, so that the cache tokens of a cell with prompts are all theirs.
-- Frames: none. Parameters: $first_slot, $end_slot.
INSERT INTO cells
WITH
rated AS NOT MATERIALIZED (
    SELECT
        *, tokens <= 0 AS blank,
        CASE WHEN NOT structured AND isfinite(rate) THEN rate END AS plain_rate,
        CASE WHEN usage_type = 'prompt' THEN plain_rate END AS prompt_rate,
        CASE WHEN usage_type = 'completion' THEN plain_rate END AS completion_rate
    FROM rows_to_sum
    WHERE slot >= $first_slot AND slot < $end_slot
),
-- Grouping twice takes less time than numbering the rates within each cell.
several_rates AS MATERIALIZED (
    SELECT DISTINCT slot, conversation_key, model_key
    FROM (
        SELECT slot, conversation_key, model_key FROM rated
        WHERE usage_type = 'completion' OR NOT structured
        GROUP BY slot, conversation_key, model_key, usage_type
        HAVING min(plain_rate) <> max(plain_rate) OR count(plain_rate) NOT IN (0, count(*))
    ) AS of_one_type
),
split AS NOT MATERIALIZED (
    SELECT
        rated.*,
        CASE WHEN several_rates.slot IS NOT NULL THEN prompt_rate END AS split_prompt_rate,
        CASE WHEN several_rates.slot IS NOT NULL THEN completion_rate END AS split_completion_rate
    FROM rated
    LEFT JOIN several_rates
        ON several_rates.slot = rated.slot
        AND several_rates.conversation_key IS NOT DISTINCT FROM rated.conversation_key
        AND several_rates.model_key IS NOT DISTINCT FROM rated.model_key
)
SELECT
    slot, user_key, conversation_key, model_key, ran_key, context_key, agent_key, certainty, provider_key, tenant_key,
    sentinel, positive_value, default_rate, agent_model, blank,
    max(prompt_rate), max(completion_rate),
    count(*),
    count(*) FILTER (WHERE usage_type = 'prompt'),
    count(*) FILTER (WHERE usage_type = 'prompt' AND structured),
    sum(cost_e6),
    coalesce(sum(cost_e6) FILTER (WHERE usage_type = 'prompt'), 0),
    coalesce(sum(cost_e6) FILTER (WHERE usage_type = 'prompt' AND structured), 0),
    coalesce(sum(tokens) FILTER (WHERE usage_type = 'prompt'), 0),
    coalesce(sum(tokens) FILTER (WHERE usage_type = 'completion'), 0),
    coalesce(sum(tokens) FILTER (WHERE usage_type = 'prompt' AND structured), 0),
    sum(cache_read_tokens),
    sum(cache_write_tokens),
    epoch_ms(min(created_at)) - slot * 900000::BIGINT,
    epoch_ms(max(created_at)) - slot * 900000::BIGINT
FROM split
GROUP BY
    slot, user_key, conversation_key, model_key, ran_key, context_key, agent_key, certainty, provider_key, tenant_key,
    sentinel, positive_value, default_rate, agent_model, blank, split_prompt_rate, split_completion_rate,
    usage_type = 'completion' AND structured
ORDER BY slot, model_key, conversation_key;
