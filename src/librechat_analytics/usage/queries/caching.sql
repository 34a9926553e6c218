-- How much of the prompts came from a cache, and what that saved against the model's plain prompt rate (the
-- commonest of the period, of two as common the lower one); rows of models without plain prompts save nothing
-- that could be known.
, plain_rates AS (
    SELECT model_key, rate
    FROM selected
    WHERE usage_type = 'prompt' AND NOT structured AND NOT sentinel AND isfinite(rate) AND rate > 0
    GROUP BY model_key, rate
    QUALIFY row_number() OVER (PARTITION BY model_key ORDER BY count(*) DESC, rate) = 1
)
SELECT
    bucket,
    coalesce(sum(tokens), 0) AS prompt_tokens,
    coalesce(sum(cache_read_tokens), 0) AS cache_read_tokens,
    coalesce(sum(cache_write_tokens), 0) AS cache_write_tokens,
    coalesce(sum(tokens * plain_rates.rate / 1e6 - cost_e6 / 1e12) FILTER (structured), 0) AS saved_usd
FROM selected
JOIN slots USING (slot)
LEFT JOIN plain_rates USING (model_key)
WHERE usage_type = 'prompt' AND NOT sentinel AND NOT positive_value
GROUP BY bucket
