-- The cost of each model by prompts and completions, and the rates of its plain prompts and completions.
-- Grouped by rate first, because there are few: a list of distinct rates over all rows would double the time.
-- Reads: ran, models. Parameters: $limit. One row per model, highest cost first.
WITH
per_rate AS (
    SELECT
        ran_key, usage_type, CASE WHEN NOT structured AND isFinite(rate) THEN rate END AS plain_rate,
        sum(cost_e6) AS cost_e6, sum(tokens) AS tokens,
        sum(cache_read_tokens) AS cache_read_tokens, sum(cache_write_tokens) AS cache_write_tokens
    FROM ran
    GROUP BY ALL
)
SELECT
    any_value(models.id) AS model,
    coalesce(sum(per_rate.cost_e6) FILTER (WHERE usage_type = 'prompt'), 0) AS prompt_cost_e6,
    coalesce(sum(per_rate.cost_e6) FILTER (WHERE usage_type = 'completion'), 0) AS completion_cost_e6,
    sum(per_rate.cost_e6) AS cost_e6,
    coalesce(sum(per_rate.tokens) FILTER (WHERE usage_type = 'prompt'), 0) AS prompt_tokens,
    coalesce(sum(per_rate.tokens) FILTER (WHERE usage_type = 'completion'), 0) AS completion_tokens,
    sum(per_rate.cache_read_tokens) AS cache_read_tokens,
    sum(per_rate.cache_write_tokens) AS cache_write_tokens,
    arraySlice(coalesce(arraySort(groupUniqArray(plain_rate)), []), 1, 20) AS rates,
    count(*) OVER () AS total
FROM per_rate LEFT JOIN models ON models.key = per_rate.ran_key
GROUP BY ran_key
ORDER BY cost_e6 DESC, model ASC NULLS LAST
LIMIT $limit
