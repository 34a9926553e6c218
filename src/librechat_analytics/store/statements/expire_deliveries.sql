-- Gives up deliveries that have waited since before $queued_before: their receiver is not defined any more.
-- Frames: none. Parameters: $receivers, $queued_before, $answer.
UPDATE deliveries SET state = 'failed', next_try = NULL, last_answer = $answer
WHERE state = 'waiting' AND queued_at < $queued_before AND NOT list_contains($receivers, receiver);
