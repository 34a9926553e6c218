-- Cuts the slots of slots_to_send into parts of about $rows rows.
-- Frames: none. Parameters: $rows. One row per part, oldest first: the slot after its last one, and how many rows it
-- has.
SELECT max(slot) + 1, sum(documents)::BIGINT
FROM (
    SELECT slot, count(*) AS documents, (sum(count(*)) OVER (ORDER BY slot) - 1) // $rows AS part
    FROM slots_to_send
    GROUP BY slot
)
GROUP BY part
ORDER BY part;
