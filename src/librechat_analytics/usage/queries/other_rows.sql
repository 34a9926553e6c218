-- Rows that are no usage: of other token types, and of dates that are still to come.
SELECT
    'other-token-type' AS code, other_token_type AS detail, NULL AS subject,
    count(*) AS documents, 0::HUGEINT AS tokens, 0::HUGEINT AS cost_e6, min(created_at) AS first, max(created_at) AS last
FROM transactions
WHERE usage_type = 'other' AND other_token_type <> 'credits' AND created_at >= $start AND created_at < $end
GROUP BY other_token_type
UNION ALL
SELECT 'future-date', NULL, NULL, count(*), sum(tokens), sum(cost_e6), min(created_at), max(created_at)
FROM usage
WHERE created_at > $now
HAVING count(*) > 0
ORDER BY code, detail
