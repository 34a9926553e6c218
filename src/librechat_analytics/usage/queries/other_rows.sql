-- Findings among the rows that are not usage: other token types by type, and spent credits by context. Credits that
-- were given cost nothing; credits that an administrator or the reset of a balance removed paid for nothing.
-- The composer reads these rows from plain_other_rows.
-- Reads: selected_rows, contexts. Parameters: none. One row per token type or context, highest cost first.
WITH
with_context AS (
    SELECT rows.*, coalesce(contexts.id, '(none)') AS context
    FROM selected_rows AS rows LEFT JOIN contexts ON contexts.key = rows.context_key
)
SELECT
    CASE other_token_type WHEN 'credits' THEN 'spent-credits' ELSE 'other-token-type' END AS code,
    CASE other_token_type WHEN 'credits' THEN context ELSE other_token_type END AS detail,
    NULL AS subject,
    sum(documents) AS documents, toInt128(0) AS tokens, sum(with_context.cost_e6) AS cost_e6,
    min(created_at) AS first, max(created_at) AS last
FROM with_context
WHERE other_token_type <> 'credits' OR with_context.cost_e6 > 0 AND context NOT IN ('admin', 'balanceReset')
GROUP BY ALL
ORDER BY code, sum(with_context.cost_e6) DESC, detail
