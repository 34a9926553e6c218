-- When the costs of users, models, agents, groups or cost centres reached some limits, each within one range of time,
-- which is a bucket. By 'all' there is one subject, which is all usage. First come the quarters of an hour in which the
-- limits were reached, then the rows of these.
-- Reads: selected, selected_rows, slots, limits, {known_subjects}. Parameters: $by.
-- One row per limit that was reached, with the date of the row that reached it.
WITH
watched AS MATERIALIZED (
    SELECT DISTINCT known.own_key AS own_key, limits.subject AS subject
    FROM "{known_subjects}" AS known JOIN limits USING (subject)
),
per_slot AS (
    SELECT subject, bucket, slot, sum(keyed.cost_e6) AS cost_e6
    FROM (
        SELECT
            slot, cost_e6,
            CASE $by
                WHEN 'all' THEN 0
                WHEN 'model' THEN toInt64(ran_key)
                WHEN 'agent' THEN CASE WHEN certainty <> 'unknown' THEN toInt64(agent_key) END
                WHEN 'cost_center' THEN toInt64("{center_key}")
                ELSE toInt64(user_key)
            END AS own_key
        FROM selected
    ) AS keyed
    JOIN watched USING (own_key)
    JOIN slots USING (slot)
    GROUP BY ALL
),
climbing AS (
    SELECT *, sum(cost_e6) OVER (PARTITION BY subject, bucket ORDER BY slot) AS reached_e6
    FROM per_slot
),
-- A cost is never negative, so what was reached before the first such slot is the least.
reached AS MATERIALIZED (
    SELECT
        number, climbing.subject AS subject, min(slot) AS slot,
        max(toInt128(limit_e6)) - min(reached_e6 - cost_e6) AS missing_e6
    FROM climbing
    JOIN limits ON limits.subject = climbing.subject AND limits.bucket = climbing.bucket
    WHERE reached_e6 >= toInt128(limit_e6)
    GROUP BY number, climbing.subject
),
rows_there AS (
    SELECT
        subject, slot, created_at,
        sum(cost_e6) OVER (PARTITION BY subject, slot ORDER BY created_at, id_head, id_tail) AS climbed_e6
    FROM (
        SELECT
            slot, created_at, id_head, id_tail, cost_e6,
            CASE $by
                WHEN 'all' THEN 0
                WHEN 'model' THEN toInt64(ran_key)
                WHEN 'agent' THEN CASE WHEN certainty <> 'unknown' THEN toInt64(agent_key) END
                WHEN 'cost_center' THEN toInt64("{center_key}")
                ELSE toInt64(user_key)
            END AS own_key
        FROM selected_rows
        WHERE slot IN (SELECT slot FROM reached)
    ) AS keyed
    JOIN watched USING (own_key)
)
SELECT number, min(created_at) AS crossed_at
FROM reached
JOIN rows_there ON rows_there.subject = reached.subject AND rows_there.slot = reached.slot
WHERE climbed_e6 >= missing_e6
GROUP BY number
