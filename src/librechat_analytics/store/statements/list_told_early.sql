-- Lists the rows of told_early with the provider that is held for them.
-- Frames: none. Parameters: $lowest_head, $highest_head. One row per row.
SELECT told_early.*, providers.id AS provider
FROM told_early
JOIN (
    SELECT id_head, id_tail, provider_key FROM transactions
    WHERE id_head BETWEEN $lowest_head AND $highest_head
) AS held USING (id_head, id_tail)
LEFT JOIN providers ON providers.key = held.provider_key;
