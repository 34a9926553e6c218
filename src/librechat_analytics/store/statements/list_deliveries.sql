-- Lists what receivers are sent about alerts, in the order of the fields of Delivery.
-- Frames: none. Parameters: $ids. One row per alert, receiver and occasion.
SELECT alert_id, receiver, occasion, state, queued_at, next_try, attempts, tried_at, last_answer
FROM deliveries
WHERE list_contains($ids, alert_id)
ORDER BY alert_id, queued_at, receiver;
