-- Lists what one receiver is to be sent by $before, the oldest first: the fields of Alert, then those of Delivery.
-- Frames: none. Parameters: $receiver, $before. One row per delivery.
SELECT
    alerts.id, rule, subject, period, level, opened_at, resolved_at, facts, NULL AS silenced_until,
    alert_id, receiver, occasion, state, queued_at, next_try, attempts, tried_at, last_answer
FROM deliveries
JOIN alerts ON alerts.id = alert_id
WHERE state = 'waiting' AND receiver = $receiver AND next_try <= $before
ORDER BY queued_at, opened_at, rule, subject, level;
