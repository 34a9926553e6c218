-- Cuts the slots that are not summed up yet into chunks of about $rows rows. The last chunk ends at $end_slot.
-- Frames: none. Parameters: $end_slot, $rows. One row per chunk, oldest first: its end and its rows.
SELECT coalesce(lead(min(slot)) OVER (ORDER BY chunk), $end_slot), sum(documents)::BIGINT
FROM (
    SELECT slot, count(*) AS documents, (sum(count(*)) OVER (ORDER BY slot) - 1) // $rows AS chunk
    FROM usage
    WHERE slot < $end_slot AND slot >= coalesce((SELECT summed_until FROM sync_state), -2147483648)
    GROUP BY slot
)
GROUP BY chunk
ORDER BY chunk;
