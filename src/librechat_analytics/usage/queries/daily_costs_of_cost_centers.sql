-- What each bucket cost by cost centre; what none pays for is subject NULL.
-- Reads: selected, slots, centers. Parameters: none.
-- One row per cost centre with usage, highest cost first; its lists have one entry per bucket with usage, in any order.
WITH
daily AS (
    SELECT center_key, bucket, sum(cost_e6) AS cost_e6
    FROM selected JOIN slots USING (slot)
    GROUP BY center_key, bucket
),
listed AS (
    SELECT
        center_key, groupArray(bucket) AS buckets, groupArray(cost_e6) AS costs_e6, sum(daily.cost_e6) AS all_cost_e6
    FROM daily
    GROUP BY center_key
)
SELECT centers.name AS subject, NULL AS name, buckets, costs_e6
FROM listed LEFT JOIN centers ON centers.key = listed.center_key
ORDER BY all_cost_e6 DESC, subject ASC NULLS LAST
