-- Writes how an attempt to send deliveries ended. What is tried again waits for the end of a silence that began in the
-- meantime, and what says that an alert is over waits for what says that it began.
-- Frames: tried. Parameters: $receiver, $state, $next_try, $now, $answer.
UPDATE deliveries SET
    state = $state, next_try = $next_try, attempts = attempts + 1, tried_at = $now, last_answer = $answer
FROM tried
WHERE deliveries.receiver = $receiver AND deliveries.state = 'waiting'
    AND deliveries.alert_id = tried.alert_id AND deliveries.occasion::VARCHAR = tried.occasion;

UPDATE deliveries SET next_try = greatest(next_try, silences.until)
FROM alerts
JOIN silences USING (rule, subject)
WHERE alerts.id = deliveries.alert_id AND deliveries.receiver = $receiver AND deliveries.state = 'waiting'
    AND deliveries.alert_id IN (SELECT alert_id FROM tried);

UPDATE deliveries SET next_try = greatest(deliveries.next_try, beginnings.next_try)
FROM deliveries AS beginnings
WHERE beginnings.alert_id = deliveries.alert_id AND beginnings.receiver = deliveries.receiver
    AND beginnings.occasion = 'opened' AND beginnings.state = 'waiting'
    AND deliveries.occasion = 'resolved' AND deliveries.state = 'waiting' AND deliveries.receiver = $receiver;
