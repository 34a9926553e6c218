-- Puts deliveries off without an attempt, such as to the end of quiet hours.
-- Frames: tried. Parameters: $receiver, $next_try.
UPDATE deliveries SET next_try = $next_try
FROM tried
WHERE deliveries.receiver = $receiver AND deliveries.state = 'waiting'
    AND deliveries.alert_id = tried.alert_id AND deliveries.occasion::VARCHAR = tried.occasion;
