-- How much of the prompts came from a cache, and what that saved against the rate that they would have had without
-- one: the list's where the prompt cost what the list says (to a thousandth), else that of plain prompts of its
-- size, else what follows from its own cost and the parts that cached tokens cost of fresh ones, else the nearest
-- plain rate. Prompts of models without any of these save nothing that could be known.
-- `unknown_rates`: long prompts with a cache for which only the rate of other sizes is known.
, prompts AS NOT MATERIALIZED (
    SELECT * FROM selected JOIN slots USING (slot)
    WHERE usage_type = 'prompt' AND NOT sentinel AND NOT positive_value
),
totals AS (
    SELECT
        bucket, sum(tokens) AS prompt_tokens, sum(cache_read_tokens) AS cache_read_tokens,
        sum(cache_write_tokens) AS cache_write_tokens
    FROM prompts
    GROUP BY bucket
),
cached AS NOT MATERIALIZED (
    SELECT
        bucket, model_key, created_at, tokens, cache_read_tokens, cache_write_tokens, cost_e6,
        tokens::HUGEINT - cache_read_tokens - cache_write_tokens AS fresh_tokens,
        CASE WHEN tokens > $long_tokens[2] THEN 2 WHEN tokens > $long_tokens[1] THEN 1 ELSE 0 END AS size
    FROM prompts
    WHERE structured
),
priced AS NOT MATERIALIZED (
    SELECT
        cached.*, plain_rates.rate AS plain_rate, is_own, prices.prompt / 1e6 AS list_rate,
        fresh_tokens * prices.prompt + cache_write_tokens::HUGEINT * prices.cache_write
            + cache_read_tokens::HUGEINT * prices.cache_read AS list_e6,
        -- In fresh tokens; NULL where a part is needed and not known.
        fresh_tokens
            + CASE WHEN cache_read_tokens = 0 THEN 0 ELSE cache_read_tokens * read_part END
            + CASE WHEN cache_write_tokens = 0 THEN 0 ELSE cache_write_tokens * write_part END AS worth
    FROM cached
    LEFT JOIN plain_rates ON plain_rates.model_key = cached.model_key AND plain_rates.size = cached.size
    LEFT JOIN (SELECT models.key AS model_key, listed.* FROM listed JOIN models ON models.id = listed.model) AS prices
        ON prices.model_key = cached.model_key
        AND cached.created_at >= prices.since AND cached.created_at < prices.until
        AND cached.tokens > prices.above AND cached.tokens <= prices.most
),
rated AS NOT MATERIALIZED (
    SELECT
        bucket, tokens, cost_e6, size, plain_rate,
        CASE
            WHEN list_e6 > 0 AND abs(cost_e6 - list_e6) * 1000 <= list_e6 THEN list_rate
            WHEN is_own THEN plain_rate
            WHEN size > 0 AND worth > 0 THEN cost_e6 / 1e6 / worth
        END AS known_rate
    FROM priced
),
savings AS (
    SELECT
        bucket,
        sum(tokens * coalesce(known_rate, plain_rate) / 1e6 - cost_e6 / 1e12) AS saved_usd,
        count(*) FILTER (size > 0 AND known_rate IS NULL AND plain_rate IS NOT NULL) AS unknown_rates
    FROM rated
    GROUP BY bucket
)
SELECT
    bucket, prompt_tokens, cache_read_tokens, cache_write_tokens,
    coalesce(saved_usd, 0) AS saved_usd, coalesce(unknown_rates, 0) AS unknown_rates
FROM totals LEFT JOIN savings USING (bucket)
