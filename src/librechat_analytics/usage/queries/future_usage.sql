-- Usage that is dated later than now. The composer reads rows after $now instead of a period's.
-- Reads: selected_rows. Parameters: none. One row, or none without such usage.
SELECT
    'future-date' AS code, NULL AS detail, NULL AS subject,
    sum(documents) AS documents, sum(tokens) AS tokens, sum(cost_e6) AS cost_e6,
    min(created_at) AS first, max(created_at) AS last
FROM selected_rows
HAVING count(*) > 0
