-- Writes how an attempt to send deliveries ended.
-- Frames: tried. Parameters: $receiver, $state, $next_try, $now, $answer.
UPDATE deliveries SET
    state = $state, next_try = $next_try, attempts = attempts + 1, tried_at = $now, last_answer = $answer
FROM tried
WHERE deliveries.receiver = $receiver AND deliveries.state = 'waiting'
    AND deliveries.alert_id = tried.alert_id AND deliveries.occasion::VARCHAR = tried.occasion;
