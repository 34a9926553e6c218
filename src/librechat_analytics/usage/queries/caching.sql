-- How many prompt tokens came from a cache, and what that saved. A prompt's saving is the difference from what it would
-- have cost without a cache, at the first of these rates that is known: the list price, if the prompt cost what the
-- list says (to a thousandth); the rate of plain prompts of its size; the rate that follows from its own cost and from
-- what a cached token costs relative to a fresh one; the plain rate of the nearest size. Without any rate the saving
-- is 0. unknown_rates counts the long prompts with a cache for which only the rate of another size is known.
-- Reads: selected, selected_rows, slots, plain_rates, listed, models. Parameters: $long_tokens.
-- One row per bucket with prompts.
WITH
totals AS (
    SELECT bucket, sum(prompt_tokens) AS prompt_tokens
    FROM selected JOIN slots USING (slot)
    WHERE calls > 0 AND NOT sentinel AND NOT positive_value
    GROUP BY bucket
),
cached AS NOT MATERIALIZED (
    SELECT
        bucket, model_key, created_at, documents, whole_tokens, tokens, cache_read_tokens, cache_write_tokens, cost_e6,
        toInt128(tokens) - cache_read_tokens - cache_write_tokens AS fresh_tokens,
        CASE WHEN whole_tokens > $long_tokens[2] THEN 2 WHEN whole_tokens > $long_tokens[1] THEN 1 ELSE 0 END AS size
    FROM selected_rows JOIN slots USING (slot)
    WHERE usage_type = 'prompt' AND structured AND NOT sentinel AND NOT positive_value
),
priced AS NOT MATERIALIZED (
    SELECT
        bucket, documents, whole_tokens, tokens, cache_read_tokens, cache_write_tokens, cost_e6, cached.size AS size,
        plain_rates.rate AS plain_rate, is_own, prices.prompt / 1e6 AS list_rate,
        fresh_tokens * prices.prompt + toInt128(cache_write_tokens) * prices.cache_write
            + toInt128(cache_read_tokens) * prices.cache_read AS list_e6,
        -- In fresh tokens; NULL if a part is needed and not known.
        toFloat64(fresh_tokens)
            + CASE WHEN cache_read_tokens = 0 THEN 0 ELSE toFloat64(cache_read_tokens) * read_part END
            + CASE WHEN cache_write_tokens = 0 THEN 0 ELSE toFloat64(cache_write_tokens) * write_part END AS worth
    FROM cached
    LEFT JOIN plain_rates ON plain_rates.model_key = cached.model_key AND plain_rates.size = cached.size
    LEFT JOIN (SELECT models.key AS model_key, listed.* FROM listed JOIN models ON models.id = listed.model) AS prices
        ON prices.model_key = cached.model_key
        AND cached.created_at >= prices.since AND cached.created_at < prices.until
        AND cached.whole_tokens > prices.above AND cached.whole_tokens <= prices.most
),
rated AS NOT MATERIALIZED (
    SELECT
        bucket, documents, tokens, cache_read_tokens, cache_write_tokens, cost_e6, size, plain_rate,
        CASE
            WHEN list_e6 > 0 AND abs(cost_e6 - list_e6) * 1000 <= list_e6 THEN list_rate
            WHEN is_own THEN plain_rate
            WHEN size > 0 AND worth > 0 THEN toFloat64(cost_e6) / 1e6 / worth
        END AS known_rate
    FROM priced
),
savings AS (
    SELECT
        bucket, sum(cache_read_tokens) AS cache_read_tokens, sum(cache_write_tokens) AS cache_write_tokens,
        sum(toFloat64(tokens) * coalesce(known_rate, plain_rate) / 1e6 - toFloat64(cost_e6) / 1e12) AS saved_usd,
        coalesce(
            sum(documents) FILTER (WHERE size > 0 AND known_rate IS NULL AND plain_rate IS NOT NULL), 0
        ) AS unknown_rates
    FROM rated
    GROUP BY bucket
)
SELECT
    bucket, prompt_tokens,
    coalesce(savings.cache_read_tokens, 0) AS cache_read_tokens,
    coalesce(savings.cache_write_tokens, 0) AS cache_write_tokens,
    coalesce(savings.saved_usd, 0) AS saved_usd, coalesce(savings.unknown_rates, 0) AS unknown_rates
FROM totals LEFT JOIN savings USING (bucket)
