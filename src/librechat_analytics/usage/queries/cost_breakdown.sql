-- The cost of each model by prompts and completions, and the rates of its plain prompts and completions.
-- Grouped by rate first, because there are few: a list of distinct rates over all cells would double the time.
-- Reads: selected, models. Parameters: $limit. One row per model, highest cost first.
WITH
per_rate AS (
    SELECT
        ran_key, prompt_rate, completion_rate,
        sum(prompt_cost_e6) AS prompt_cost_e6, sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens,
        sum(cache_read_tokens) AS cache_read_tokens, sum(cache_write_tokens) AS cache_write_tokens
    FROM selected
    GROUP BY ALL
)
SELECT
    any_value(models.id) AS model,
    sum(per_rate.prompt_cost_e6) AS prompt_cost_e6,
    sum(per_rate.cost_e6) - sum(per_rate.prompt_cost_e6) AS completion_cost_e6,
    sum(per_rate.cost_e6) AS cost_e6,
    sum(per_rate.prompt_tokens) AS prompt_tokens,
    sum(per_rate.completion_tokens) AS completion_tokens,
    sum(per_rate.cache_read_tokens) AS cache_read_tokens,
    sum(per_rate.cache_write_tokens) AS cache_write_tokens,
    arraySlice(
        arraySort(arrayDistinct(arrayConcat(
            coalesce(groupUniqArray(prompt_rate), []), coalesce(groupUniqArray(completion_rate), [])
        ))), 1, 20
    ) AS rates,
    count(*) OVER () AS total
FROM per_rate LEFT JOIN models ON models.key = per_rate.ran_key
GROUP BY ran_key
ORDER BY cost_e6 DESC, model ASC NULLS LAST
LIMIT $limit
