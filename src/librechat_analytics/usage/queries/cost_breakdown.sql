SELECT
    any_value(models.id) AS model,
    coalesce(sum(cost_e6) FILTER (usage_type = 'prompt'), 0) AS prompt_cost_e6,
    coalesce(sum(cost_e6) FILTER (usage_type = 'completion'), 0) AS completion_cost_e6,
    sum(cost_e6) AS cost_e6,
    coalesce(sum(tokens) FILTER (usage_type = 'prompt'), 0) AS prompt_tokens,
    coalesce(sum(tokens) FILTER (usage_type = 'completion'), 0) AS completion_tokens,
    sum(cache_read_tokens) AS cache_read_tokens,
    sum(cache_write_tokens) AS cache_write_tokens,
    coalesce(list_sort(list(DISTINCT rate) FILTER (NOT structured AND isfinite(rate)))[:20], []) AS rates,
    count(*) OVER () AS total
FROM ran LEFT JOIN models ON models.key = ran.ran_key
GROUP BY ran_key
ORDER BY cost_e6 DESC, model ASC NULLS LAST
LIMIT $limit
