-- Recorded cost by provider and model, and what rows of listed models would have cost at list price.
SELECT
    providers.id AS provider, ran.model,
    sum(cost_e6) AS cost_e6,
    coalesce(sum(cost_e6) FILTER (prices.model IS NOT NULL), 0) AS listed_cost_e6,
    coalesce(sum(
        CASE
            WHEN usage_type = 'completion' THEN tokens::HUGEINT * prices.completion
            ELSE (tokens - cache_read_tokens - cache_write_tokens)::HUGEINT * prices.prompt
                + cache_write_tokens::HUGEINT * prices.cache_write + cache_read_tokens::HUGEINT * prices.cache_read
        END
    ) FILTER (prices.model IS NOT NULL), 0) AS list_price_e6,
    count(prices.model) AS listed_rows
FROM ran
LEFT JOIN prices
    ON prices.model = ran.model AND ran.created_at >= prices.since AND ran.created_at < prices.until
LEFT JOIN providers ON providers.key = ran.provider_key
GROUP BY ALL
ORDER BY cost_e6 DESC, ran.model ASC NULLS LAST, provider ASC NULLS LAST
