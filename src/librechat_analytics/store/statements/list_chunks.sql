-- Cuts the slots before $end_slot that are not summed up yet into chunks of about $rows rows. A chunk ends with a slot
-- that has rows, so that slots that are still to come are not summed up if the clock is ahead.
-- Frames: none. Parameters: $end_slot, $rows. One row per chunk, oldest first: its end and its rows.
SELECT max(slot) + 1, sum(documents)::BIGINT
FROM (
    SELECT slot, count(*) AS documents, (sum(count(*)) OVER (ORDER BY slot) - 1) // $rows AS chunk
    FROM usage
    WHERE slot < $end_slot AND slot >= coalesce((SELECT summed_until FROM sync_state), -2147483648)
    GROUP BY slot
)
GROUP BY chunk
ORDER BY chunk;
