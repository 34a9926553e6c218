-- Usage that is dated later than now.
SELECT
    'future-date' AS code, NULL AS detail, NULL AS subject,
    count(*) AS documents, sum(tokens) AS tokens, sum(cost_e6) AS cost_e6,
    min(created_at) AS first, max(created_at) AS last
FROM selected
HAVING count(*) > 0
