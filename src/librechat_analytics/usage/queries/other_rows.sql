-- Rows beside the usage that cost something or are of a kind that is not known: other token types by type, and
-- credits that were spent by context. What was given costs nothing; what an administrator or the reset of a balance
-- took away bought nothing.
, named_beside AS (
    SELECT selected.*, coalesce(contexts.id, '(none)') AS context
    FROM selected LEFT JOIN contexts ON contexts.key = selected.context_key
)
SELECT
    CASE other_token_type WHEN 'credits' THEN 'spent-credits' ELSE 'other-token-type' END AS code,
    CASE other_token_type WHEN 'credits' THEN context ELSE other_token_type END AS detail,
    NULL AS subject,
    count(*) AS documents, 0::HUGEINT AS tokens, sum(cost_e6) AS cost_e6,
    min(created_at) AS first, max(created_at) AS last
FROM named_beside
WHERE other_token_type <> 'credits' OR cost_e6 > 0 AND context NOT IN ('admin', 'balanceReset')
GROUP BY ALL
ORDER BY code, cost_e6 DESC, detail
