-- Lists alerts, those that last first, then the newest. Without $rules, those of all rules but reports.
-- Frames: none. Parameters: $now, $state, $id, $rules, $limit, $offset. One row per alert, in the order of the fields
-- of Alert, and how many there are without a limit.
SELECT
    id, alerts.rule, alerts.subject, period, level, opened_at, resolved_at, facts,
    CASE WHEN resolved_at IS NULL THEN silences.until END AS silenced_until, count(*) OVER () AS total
FROM alerts
LEFT JOIN silences
    ON silences.rule = alerts.rule AND silences.subject = alerts.subject AND silences.until > $now
WHERE (list_contains($rules, alerts.rule) OR ($rules = [] AND alerts.rule <> 'report'))
    AND ($id = '' OR id = $id)
    AND (
        $state = 'all' OR $state = CASE
            WHEN resolved_at IS NOT NULL THEN 'resolved' WHEN silences.until IS NULL THEN 'open' ELSE 'silenced'
        END
    )
ORDER BY resolved_at IS NOT NULL, opened_at DESC, level DESC NULLS LAST, id
LIMIT $limit OFFSET $offset;
