-- The price of a token read from or written to a cache relative to a fresh token's, as most short prompts of a model
-- show it. Only of the models with the keys $model_keys, whose long prompts show no rate of their own.
-- Reads: selected_rows, plain_rates. Parameters: $long_tokens, $model_keys. One row per model that shows a part.
WITH
-- worth: what a prompt cost, in fresh tokens of its model.
short_prompts AS MATERIALIZED (
    SELECT
        rows.model_key AS model_key, cache_read_tokens, cache_write_tokens,
        toFloat64(toInt128(tokens) - cache_read_tokens - cache_write_tokens) AS fresh_tokens,
        toFloat64(cost_e6) / 1e6 / plain_rates.rate AS worth
    FROM selected_rows AS rows
    JOIN plain_rates ON plain_rates.model_key = rows.model_key AND plain_rates.size = 0 AND plain_rates.is_own
    WHERE usage_type = 'prompt' AND structured AND NOT sentinel AND NOT positive_value
        AND whole_tokens <= $long_tokens[1] AND has($model_keys, rows.model_key)
),
reads AS (
    SELECT model_key, part
    FROM (
        SELECT model_key, floor((worth - fresh_tokens) / toFloat64(cache_read_tokens) * 10000 + 0.5) / 10000 AS part
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
            floor(
                (worth - fresh_tokens - toFloat64(cache_read_tokens) * coalesce(reads.part, 0))
                / toFloat64(cache_write_tokens) * 10000 + 0.5
            ) / 10000 AS part
        FROM short_prompts LEFT JOIN reads USING (model_key)
        WHERE cache_write_tokens > 0 AND (cache_read_tokens = 0 OR reads.part IS NOT NULL)
    ) AS parts
    WHERE part BETWEEN 0 AND 3
    GROUP BY model_key, part
    QUALIFY row_number() OVER (PARTITION BY model_key ORDER BY count(*) DESC, part DESC) = 1
)
SELECT model_key, reads.part AS read_part, writes.part AS write_part
FROM reads FULL JOIN writes USING (model_key)
