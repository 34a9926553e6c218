-- Credits of all time that were spent and are not part of any figure, by context.
-- Reads: transactions, contexts. Parameters: none. One row per context.
WITH
spent AS (
    SELECT coalesce(contexts.id, '(none)') AS context, credits_e6
    FROM transactions LEFT JOIN contexts ON contexts.key = context_key
    WHERE other_token_type = 'credits' AND credits_e6 > 0 AND NOT sentinel
)
SELECT context, sum(credits_e6) AS cost_e6
FROM spent
WHERE context NOT IN ('admin', 'balanceReset')
GROUP BY context
ORDER BY context
