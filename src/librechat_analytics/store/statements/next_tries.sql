-- Says when each receiver is to be sent something next.
-- Frames: none. Parameters: none. One row per receiver for which something waits.
SELECT receiver, min(next_try) FROM deliveries WHERE state = 'waiting' GROUP BY receiver;
