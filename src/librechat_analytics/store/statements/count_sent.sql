-- Counts the messages that a receiver has taken since an instant; one message may hold several deliveries.
-- Frames: none. Parameters: $receiver, $since. One row.
SELECT count(DISTINCT tried_at) FROM deliveries WHERE receiver = $receiver AND state = 'sent' AND tried_at >= $since;
