, per_model AS (
    SELECT
        model,
        sum(cost_e6) AS cost_e6,
        coalesce(sum(tokens) FILTER (usage_type = 'prompt'), 0) AS prompt_tokens,
        coalesce(sum(tokens) FILTER (usage_type = 'completion'), 0) AS completion_tokens,
        sum(cache_read_tokens) AS cache_read_tokens,
        sum(cache_write_tokens) AS cache_write_tokens,
        count(*) FILTER (usage_type = 'prompt') AS calls,
        count(DISTINCT user_key) AS users,
        count(DISTINCT conversation_key) AS conversations
    FROM ran
    GROUP BY model
),
-- The provider that most of a model's rows are known to have gone to.
per_provider AS (
    SELECT model, providers.id AS provider, count(*) AS documents
    FROM ran JOIN providers ON providers.key = ran.provider_key
    GROUP BY ALL
),
main_provider AS (
    SELECT model, provider FROM per_provider
    QUALIFY row_number() OVER (PARTITION BY model ORDER BY documents DESC, provider) = 1
)
SELECT
    per_model.model, main_provider.provider,
    cost_e6, prompt_tokens, completion_tokens, cache_read_tokens, cache_write_tokens, calls, users, conversations,
    sum(cost_e6) OVER () AS all_cost_e6,
    count(*) OVER () AS total
FROM per_model
LEFT JOIN main_provider ON main_provider.model IS NOT DISTINCT FROM per_model.model
ORDER BY cost_e6 DESC, per_model.model ASC NULLS LAST
LIMIT $limit
