-- Silences the rule and subject of an alert until an instant, in place of an earlier silence.
-- Frames: none. Parameters: $id, $until, $reason, $by, $now. One row: how many alerts have this id.
DELETE FROM silences
WHERE (rule, subject) IN (SELECT (rule, subject) FROM alerts WHERE id = $id);

INSERT INTO silences (rule, subject, until, reason, silenced_at, silenced_by)
SELECT rule, subject, $until, $reason, $now, $by FROM alerts WHERE id = $id;

UPDATE deliveries SET next_try = greatest($until, $now)
WHERE state = 'waiting' AND alert_id IN (
    SELECT alerts.id FROM alerts JOIN silences USING (rule, subject)
    WHERE (rule, subject) IN (SELECT (rule, subject) FROM alerts WHERE id = $id)
);

SELECT count(*) FROM alerts WHERE id = $id;
