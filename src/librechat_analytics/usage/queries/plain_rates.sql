-- What plain prompts (without a cache) of each model cost, by size: models may charge another rate for long prompts.
-- size: 0 short, 1 and 2 long. rate: the commonest rate of plain prompts of that size (if two are as common, the lower
-- one), else of the next smaller size, else of a larger one. is_own: the rate is of that size itself.
-- read_part, write_part: the price of a token read from or written to a cache relative to a fresh token's, as
-- most short prompts show it, for models whose long prompts show no rate.
-- Reads: selected. Parameters: $long_tokens. One row per size and model with plain prompts.
WITH
prompts AS NOT MATERIALIZED (
    SELECT
        model_key, structured, rate, positive_value, cache_read_tokens, cache_write_tokens, cost_e6,
        toInt128(tokens) - cache_read_tokens - cache_write_tokens AS fresh_tokens,
        CASE WHEN tokens > $long_tokens[2] THEN 2 WHEN tokens > $long_tokens[1] THEN 1 ELSE 0 END AS size
    FROM selected
    WHERE usage_type = 'prompt' AND NOT sentinel AND model_key IS NOT NULL
),
own_rates AS (
    SELECT model_key, size, rate
    FROM prompts
    WHERE NOT structured AND isFinite(rate) AND rate > 0
    GROUP BY model_key, size, rate
    QUALIFY row_number() OVER (PARTITION BY model_key, size ORDER BY count(*) DESC, rate) = 1
),
rates AS (
    SELECT model_key, sizes.size AS size, rate, own_rates.size = sizes.size AS is_own
    FROM own_rates CROSS JOIN (SELECT arrayJoin([0, 1, 2]) AS size) AS sizes
    QUALIFY row_number() OVER (
        PARTITION BY model_key, sizes.size
        ORDER BY own_rates.size > sizes.size, abs(own_rates.size - sizes.size)
    ) = 1
),
unknown_rates AS (
    SELECT DISTINCT model_key FROM prompts JOIN rates USING (model_key, size)
    WHERE structured AND size > 0 AND NOT is_own
),
-- worth: what a prompt cost, in fresh tokens of its model.
short_prompts AS (
    SELECT model_key, fresh_tokens, cache_read_tokens, cache_write_tokens, cost_e6 / 1e6 / rates.rate AS worth
    FROM prompts JOIN rates USING (model_key, size)
    WHERE structured AND size = 0 AND is_own AND NOT positive_value
        AND model_key IN (SELECT model_key FROM unknown_rates)
),
reads AS (
    SELECT model_key, part
    FROM (
        SELECT model_key, round((worth - fresh_tokens) / cache_read_tokens, 4) AS part
        FROM short_prompts
        WHERE cache_read_tokens > 0 AND cache_write_tokens = 0
    ) AS parts
    WHERE part BETWEEN 0 AND 1
    GROUP BY model_key, part
    QUALIFY row_number() OVER (PARTITION BY model_key ORDER BY count(*) DESC, part DESC) = 1
),
writes AS (
    SELECT model_key, part
    FROM (
        SELECT
            model_key,
            round((worth - fresh_tokens - cache_read_tokens * coalesce(reads.part, 0)) / cache_write_tokens, 4) AS part
        FROM short_prompts LEFT JOIN reads USING (model_key)
        WHERE cache_write_tokens > 0 AND (cache_read_tokens = 0 OR reads.part IS NOT NULL)
    ) AS parts
    WHERE part BETWEEN 0 AND 3
    GROUP BY model_key, part
    QUALIFY row_number() OVER (PARTITION BY model_key ORDER BY count(*) DESC, part DESC) = 1
)
SELECT model_key, size, rate, is_own, reads.part AS read_part, writes.part AS write_part
FROM rates LEFT JOIN reads USING (model_key) LEFT JOIN writes USING (model_key)
