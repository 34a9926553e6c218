-- The usage of each model that ran, with the provider that most of its rows went to. By change, the models whose cost
-- was in the previous period alone are listed too.
-- Reads: selected, {range_before}, {order_before}, {order_rates}, models, providers.
-- Parameters: $descending, $limit, $offset, $sort, $words.
-- One row per model, highest cost first unless $sort says otherwise.
WITH
per_model AS (
    SELECT
        coalesce(ran_key, 0) AS ran_key,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(cache_read_tokens) AS cache_read_tokens,
        sum(cache_write_tokens) AS cache_write_tokens,
        sum(calls) AS calls,
        count(DISTINCT counted_user_key) AS users,
        count(DISTINCT counted_conversation_key) AS conversations
    FROM selected
    GROUP BY coalesce(ran_key, 0)
),
before AS (
    SELECT coalesce(ran_key, 0) AS ran_key, sum(cost_e6) AS before_e6
    FROM "{range_before}"
    GROUP BY coalesce(ran_key, 0)
),
ordering_rates AS (
    SELECT coalesce(ran_key, 0) AS ran_key, sum(prompt_cost_e6) AS prompt_cost_e6
    FROM "{order_rates}"
    GROUP BY coalesce(ran_key, 0)
),
known AS (
    SELECT
        coalesce(per_model.ran_key, before.ran_key) AS ran_key,
        coalesce(cost_e6, 0) AS cost_e6,
        coalesce(prompt_tokens, 0) AS prompt_tokens,
        coalesce(completion_tokens, 0) AS completion_tokens,
        coalesce(cache_read_tokens, 0) AS cache_read_tokens,
        coalesce(cache_write_tokens, 0) AS cache_write_tokens,
        coalesce(calls, 0) AS calls,
        coalesce(users, 0) AS users,
        coalesce(conversations, 0) AS conversations,
        coalesce(before_e6, 0) AS before_e6
    FROM per_model
    FULL JOIN before ON before.ran_key = per_model.ran_key
    WHERE per_model.ran_key IS NOT NULL OR ($sort = 'change' AND before_e6 <> 0)
),
per_provider AS (
    SELECT coalesce(ran_key, 0) AS ran_key, provider_key, sum(documents) AS documents
    FROM selected WHERE provider_key IS NOT NULL
    GROUP BY ALL
    UNION ALL
    -- Where a model ran before, if it ran at no provider since.
    SELECT coalesce(ran_key, 0), provider_key, 0
    FROM "{order_before}"
    WHERE provider_key IS NOT NULL
    GROUP BY ALL
),
main_provider AS (
    SELECT ran_key, providers.id AS provider
    FROM per_provider JOIN providers ON providers.key = provider_key
    QUALIFY row_number() OVER (PARTITION BY ran_key ORDER BY documents DESC, providers.id) = 1
),
named AS (
    SELECT
        known.*, models.id AS model, main_provider.provider AS provider,
        CASE $sort WHEN 'name' THEN caseFold(models.id) WHEN 'provider' THEN caseFold(provider) END AS text_order,
        CASE WHEN $descending THEN -1 ELSE 1 END * CASE $sort
            WHEN 'name' THEN 0
            WHEN 'provider' THEN 0
            WHEN 'tokens' THEN prompt_tokens + completion_tokens
            WHEN 'prompt_tokens' THEN prompt_tokens
            WHEN 'completion_tokens' THEN completion_tokens
            WHEN 'cache_read_tokens' THEN cache_read_tokens
            WHEN 'cache_write_tokens' THEN cache_write_tokens
            WHEN 'calls' THEN calls
            WHEN 'users' THEN users
            WHEN 'conversations' THEN conversations
            WHEN 'prompt_rate' THEN intDiv(prompt_cost_e6, nullif(prompt_tokens, 0))
            WHEN 'completion_rate' THEN intDiv(cost_e6 - prompt_cost_e6, nullif(completion_tokens, 0))
            WHEN 'before' THEN before_e6
            WHEN 'change' THEN abs(cost_e6 - before_e6)
            ELSE cost_e6
        END AS number_order,
        sum(cost_e6) OVER () AS all_cost_e6,
        max(cost_e6) OVER () AS highest_cost_e6,
        count(*) OVER () AS total
    FROM known
    LEFT JOIN models ON models.key = known.ran_key
    LEFT JOIN main_provider ON main_provider.ran_key = known.ran_key
    LEFT JOIN ordering_rates ON ordering_rates.ran_key = known.ran_key
)
SELECT
    model, provider, cost_e6, prompt_tokens, completion_tokens, cache_read_tokens, cache_write_tokens, calls, users,
    conversations, before_e6 AS previous_cost_e6, all_cost_e6, highest_cost_e6, total, count(*) OVER () AS matched
FROM named
WHERE length($words) = 0 OR hasWords(fold(concat(coalesce(model, ''), ' ', coalesce(provider, ''))), $words)
ORDER BY
    CASE WHEN $descending THEN text_order END DESC NULLS LAST, text_order ASC NULLS LAST,
    number_order ASC NULLS LAST, model ASC NULLS LAST
LIMIT $limit OFFSET $offset
