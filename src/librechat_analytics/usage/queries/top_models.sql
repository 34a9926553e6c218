-- The usage of each model that ran, with the provider that most of its rows went to.
-- Reads: selected, models, providers. Parameters: $limit. One row per model, highest cost first.
WITH
per_model AS (
    SELECT
        ran_key,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(cache_read_tokens) AS cache_read_tokens,
        sum(cache_write_tokens) AS cache_write_tokens,
        sum(calls) AS calls,
        count(DISTINCT user_key) AS users,
        count(DISTINCT conversation_key) AS conversations
    FROM selected
    GROUP BY ran_key
),
per_provider AS (
    SELECT ran_key, provider_key, sum(documents) AS documents
    FROM selected WHERE provider_key IS NOT NULL
    GROUP BY ALL
),
main_provider AS (
    SELECT ran_key, providers.id AS provider
    FROM per_provider JOIN providers ON providers.key = provider_key
    QUALIFY row_number() OVER (PARTITION BY ran_key ORDER BY documents DESC, providers.id) = 1
)
SELECT
    models.id AS model, main_provider.provider AS provider,
    cost_e6, prompt_tokens, completion_tokens, cache_read_tokens, cache_write_tokens, calls, users, conversations,
    sum(cost_e6) OVER () AS all_cost_e6,
    count(*) OVER () AS total
FROM per_model
LEFT JOIN models ON models.key = per_model.ran_key
LEFT JOIN main_provider ON main_provider.ran_key IS NOT DISTINCT FROM per_model.ran_key
ORDER BY cost_e6 DESC, models.id ASC NULLS LAST
LIMIT $limit
