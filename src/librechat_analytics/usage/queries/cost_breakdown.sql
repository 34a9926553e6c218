-- The cost of each model by prompts and completions, and the rates of its plain prompts and completions. By change, the
-- models whose cost was in the previous period alone are listed too.
-- Grouped by rate first, because there are few: a list of distinct rates over all cells would double the time.
-- Reads: selected, {range_before}, {order_counts}, models. Parameters: $descending, $limit, $offset, $sort, $words.
-- One row per model, highest cost first unless $sort says otherwise.
WITH
per_rate AS (
    SELECT
        coalesce(ran_key, 0) AS ran_key, prompt_rate, completion_rate,
        sum(prompt_cost_e6) AS prompt_cost_e6, sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens,
        sum(cache_read_tokens) AS cache_read_tokens, sum(cache_write_tokens) AS cache_write_tokens
    FROM selected
    GROUP BY ALL
),
per_model AS (
    SELECT
        ran_key,
        sum(prompt_cost_e6) AS prompt_cost_e6,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(cache_read_tokens) AS cache_read_tokens,
        sum(cache_write_tokens) AS cache_write_tokens,
        arraySort(groupUniqArray(prompt_rate)) AS prompt_rates,
        arraySort(groupUniqArray(completion_rate)) AS completion_rates,
        arraySlice(
            arraySort(arrayDistinct(arrayConcat(
                coalesce(groupUniqArray(prompt_rate), []), coalesce(groupUniqArray(completion_rate), [])
            ))), 1, 20
        ) AS rates
    FROM per_rate
    GROUP BY ran_key
),
before AS (
    SELECT coalesce(ran_key, 0) AS ran_key, sum(cost_e6) AS before_e6
    FROM "{range_before}"
    GROUP BY coalesce(ran_key, 0)
),
ordering_counts AS (
    SELECT
        coalesce(ran_key, 0) AS ran_key, sum(calls) AS calls, count(DISTINCT counted_conversation_key) AS conversations
    FROM "{order_counts}"
    GROUP BY coalesce(ran_key, 0)
),
named AS (
    SELECT
        models.id AS model,
        coalesce(prompt_cost_e6, 0) AS prompt_cost_e6,
        coalesce(cost_e6, 0) - coalesce(prompt_cost_e6, 0) AS completion_cost_e6,
        coalesce(cost_e6, 0) AS cost_e6,
        coalesce(prompt_tokens, 0) AS prompt_tokens,
        coalesce(completion_tokens, 0) AS completion_tokens,
        coalesce(cache_read_tokens, 0) AS cache_read_tokens,
        coalesce(cache_write_tokens, 0) AS cache_write_tokens,
        coalesce(rates, []) AS rates,
        coalesce(arraySlice(prompt_rates, 1, 20), []) AS prompt_rates,
        coalesce(arraySlice(completion_rates, 1, 20), []) AS completion_rates,
        coalesce(before_e6, 0) AS previous_cost_e6,
        CASE WHEN $sort = 'name' THEN caseFold(models.id) END AS text_order,
        CASE WHEN $descending THEN -1 ELSE 1 END * CASE $sort
            WHEN 'name' THEN 0
            WHEN 'tokens' THEN coalesce(prompt_tokens + completion_tokens, 0)
            WHEN 'calls' THEN coalesce(calls, 0)
            WHEN 'conversations' THEN coalesce(conversations, 0)
            WHEN 'before' THEN coalesce(before_e6, 0)
            WHEN 'change' THEN abs(coalesce(cost_e6, 0) - coalesce(before_e6, 0))
            ELSE coalesce(cost_e6, 0)
        END AS number_order,
        sum(coalesce(cost_e6, 0)) OVER () AS all_cost_e6,
        max(coalesce(cost_e6, 0)) OVER () AS highest_cost_e6,
        count(*) OVER () AS total
    FROM per_model
    FULL JOIN before ON before.ran_key = per_model.ran_key
    LEFT JOIN models ON models.key = coalesce(per_model.ran_key, before.ran_key)
    LEFT JOIN ordering_counts ON ordering_counts.ran_key = per_model.ran_key
    WHERE per_model.ran_key IS NOT NULL OR ($sort = 'change' AND before_e6 <> 0)
)
SELECT
    model, prompt_cost_e6, completion_cost_e6, cost_e6, prompt_tokens, completion_tokens, cache_read_tokens,
    cache_write_tokens, rates, prompt_rates, completion_rates, previous_cost_e6, all_cost_e6, highest_cost_e6, total,
    count(*) OVER () AS matched
FROM named
WHERE length($words) = 0 OR hasWords(fold(coalesce(model, '')), $words)
ORDER BY
    CASE WHEN $descending THEN text_order END DESC NULLS LAST, text_order ASC NULLS LAST,
    number_order ASC NULLS LAST, model ASC NULLS LAST
LIMIT $limit OFFSET $offset
