-- What plain prompts (without a cache) of each model cost, by size: models may charge another rate for long prompts.
-- size: 0 short, 1 and 2 long. rate: the commonest rate of plain prompts of that size (if two are as common, the lower
-- one), else of the next smaller size, else of a larger one. is_own: the rate is of that size itself.
-- has_cached: there are long prompts of that size with a cache.
-- Reads: selected, selected_rows. Parameters: $long_tokens. One row per size and model with plain prompts.
WITH
long_prompts AS MATERIALIZED (
    SELECT
        model_key, structured, CASE WHEN isFinite(rate) AND rate > 0 THEN rate END AS rate,
        CASE WHEN whole_tokens > $long_tokens[2] THEN 2 ELSE 1 END AS size, sum(documents) AS prompts
    FROM selected_rows
    WHERE whole_tokens > $long_tokens[1] AND usage_type = 'prompt' AND NOT sentinel AND model_key IS NOT NULL
    GROUP BY ALL
),
long_plain AS (
    SELECT model_key, size, rate, prompts FROM long_prompts WHERE NOT structured AND rate IS NOT NULL
),
-- A cell does not say how long its prompts are, so all of them count as short, except those that are counted as long.
counted AS (
    SELECT model_key, 0 AS size, prompt_rate AS rate, sum(calls) - sum(cached_calls) AS prompts
    FROM selected
    WHERE NOT sentinel AND model_key IS NOT NULL AND prompt_rate > 0
    GROUP BY model_key, prompt_rate
    UNION ALL
    SELECT model_key, 0, rate, -prompts FROM long_plain
    UNION ALL
    SELECT model_key, size, rate, prompts FROM long_plain
),
own_rates AS (
    SELECT model_key, size, rate
    FROM counted
    GROUP BY model_key, size, rate
    HAVING sum(prompts) > 0
    QUALIFY row_number() OVER (PARTITION BY model_key, size ORDER BY sum(prompts) DESC, rate) = 1
),
rates AS (
    SELECT model_key, sizes.size AS size, rate, toBool(own_rates.size = sizes.size) AS is_own
    FROM own_rates CROSS JOIN (SELECT arrayJoin([0, 1, 2]) AS size) AS sizes
    QUALIFY row_number() OVER (
        PARTITION BY model_key, sizes.size
        ORDER BY own_rates.size > sizes.size, abs(own_rates.size - sizes.size)
    ) = 1
)
SELECT
    model_key, size, rate, is_own,
    toBool((model_key, size) IN (SELECT (model_key, size) FROM long_prompts WHERE structured)) AS has_cached
FROM rates
