-- Writes what an evaluation found: opens alerts, ends those that are over, and lists what their receivers are sent. Of
-- several levels of one subject and period, only the highest opens an alert, unless one as high was opened before.
-- Frames: conditions, addressed, first_tries. Parameters: $now, $rules, $told_ends. Creates: opening, ending. One row:
-- how many alerts were opened, and how many are over.
CREATE OR REPLACE TEMP TABLE opening AS
SELECT id, rule, subject, period, level, facts
FROM conditions
ANTI JOIN alerts
    ON alerts.rule = conditions.rule AND alerts.subject = conditions.subject AND alerts.period = conditions.period
    AND coalesce(alerts.level, 0) >= coalesce(conditions.level, 0)
WHERE opens
QUALIFY row_number() OVER (PARTITION BY rule, subject, period ORDER BY coalesce(level, 0) DESC) = 1;

CREATE OR REPLACE TEMP TABLE ending AS
SELECT id, rule, subject FROM alerts
WHERE resolved_at IS NULL AND list_contains($rules, rule) AND id NOT IN (SELECT id FROM conditions);

UPDATE alerts SET resolved_at = NULL
WHERE resolved_at IS NOT NULL AND id IN (SELECT id FROM conditions);

UPDATE alerts SET resolved_at = $now
WHERE id IN (SELECT id FROM ending);

INSERT INTO alerts (id, rule, subject, period, level, opened_at, facts)
SELECT id, rule, subject, period, level, $now, facts FROM opening;

-- What is silenced waits until the silence ends.
INSERT INTO deliveries (alert_id, receiver, occasion, state, queued_at, next_try, attempts)
SELECT
    opening.id, addressed.receiver, 'opened', 'waiting', $now,
    greatest(first_tries.first_try, coalesce(silences.until, $now)), 0
FROM opening
JOIN addressed USING (id)
JOIN first_tries USING (receiver)
LEFT JOIN silences USING (rule, subject);

-- Nobody needs to know of an alert that was silenced until it was over.
UPDATE deliveries SET state = 'dropped', next_try = NULL
WHERE state = 'waiting' AND alert_id IN (
    SELECT ending.id FROM ending JOIN silences USING (rule, subject) WHERE silences.until > $now
);

INSERT INTO deliveries (alert_id, receiver, occasion, state, queued_at, next_try, attempts)
SELECT deliveries.alert_id, deliveries.receiver, 'resolved', 'waiting', $now, first_tries.first_try, 0
FROM deliveries
JOIN ending ON ending.id = deliveries.alert_id
JOIN first_tries USING (receiver)
LEFT JOIN silences USING (rule, subject)
WHERE deliveries.occasion = 'opened' AND deliveries.state IN ('waiting', 'sent')
    AND list_contains($told_ends, ending.rule)
    AND coalesce(silences.until <= $now, true);

-- A receiver that was not reached yet gets the beginning and the end in their order.
UPDATE deliveries SET next_try = least(deliveries.next_try, ends.next_try)
FROM deliveries AS ends
WHERE ends.alert_id = deliveries.alert_id AND ends.receiver = deliveries.receiver
    AND ends.occasion = 'resolved' AND ends.state = 'waiting'
    AND deliveries.occasion = 'opened' AND deliveries.state = 'waiting'
    AND deliveries.alert_id IN (SELECT id FROM ending);

SELECT (SELECT count(*) FROM opening), (SELECT count(*) FROM ending);
