-- Lists the last attempt for each receiver, in the order of the fields of LastAttempt.
-- Frames: none. Parameters: none. One row per receiver that was ever tried.
SELECT receiver, state, tried_at, last_answer
FROM deliveries
WHERE tried_at IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY receiver ORDER BY tried_at DESC) = 1
ORDER BY receiver;
