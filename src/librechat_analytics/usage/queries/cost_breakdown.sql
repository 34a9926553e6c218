-- Grouped by the few rates there are first: telling them apart among all rows would cost as much again.
, per_rate AS (
    SELECT
        ran_key, usage_type, CASE WHEN NOT structured AND isfinite(rate) THEN rate END AS plain_rate,
        sum(cost_e6) AS cost_e6, sum(tokens) AS tokens,
        sum(cache_read_tokens) AS cache_read_tokens, sum(cache_write_tokens) AS cache_write_tokens
    FROM ran
    GROUP BY ALL
)
SELECT
    any_value(models.id) AS model,
    coalesce(sum(cost_e6) FILTER (usage_type = 'prompt'), 0) AS prompt_cost_e6,
    coalesce(sum(cost_e6) FILTER (usage_type = 'completion'), 0) AS completion_cost_e6,
    sum(cost_e6) AS cost_e6,
    coalesce(sum(tokens) FILTER (usage_type = 'prompt'), 0) AS prompt_tokens,
    coalesce(sum(tokens) FILTER (usage_type = 'completion'), 0) AS completion_tokens,
    sum(cache_read_tokens) AS cache_read_tokens,
    sum(cache_write_tokens) AS cache_write_tokens,
    coalesce(list_sort(list(DISTINCT plain_rate) FILTER (plain_rate IS NOT NULL))[:20], []) AS rates,
    count(*) OVER () AS total
FROM per_rate LEFT JOIN models ON models.key = per_rate.ran_key
GROUP BY ran_key
ORDER BY cost_e6 DESC, model ASC NULLS LAST
LIMIT $limit
