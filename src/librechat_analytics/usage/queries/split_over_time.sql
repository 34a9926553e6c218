-- Cost, tokens and calls bucket by bucket, split by the eight dearest parts; the rest together is part NULL.
, parted AS (
    SELECT
        bucket,
        CASE $dimension WHEN 'model' THEN coalesce(ran.model, '(none)')
            WHEN 'user' THEN coalesce(users.id, '(none)')
            WHEN 'agent' THEN CASE WHEN certainty = 'unknown' THEN '(unknown)' ELSE coalesce(agents.id, '(none)') END
        END AS part,
        cost_e6, tokens, usage_type
    FROM ran
    JOIN slots USING (slot)
    LEFT JOIN users ON users.key = ran.user_key
    LEFT JOIN agents ON agents.key = ran.agent_key
),
dearest AS (
    SELECT part, row_number() OVER (ORDER BY sum(cost_e6) DESC, part) AS place
    FROM parted GROUP BY part
    QUALIFY place <= $parts
)
SELECT
    dearest.part, dearest.place, bucket,
    sum(cost_e6) AS cost_e6, sum(tokens) AS tokens, count(*) FILTER (usage_type = 'prompt') AS calls
FROM parted LEFT JOIN dearest ON dearest.part = parted.part
GROUP BY ALL
ORDER BY dearest.place NULLS LAST, bucket
