-- Notes the granules of the rows that mark_pairs.sql marks.
-- Frames: none. Parameters: $first_slot, $last_slot.
INSERT INTO unpublished
SELECT DISTINCT
    transactions.slot, transactions.conversation_key, (SELECT coalesce(max(noted), 0) + 1 FROM unpublished)
FROM transactions
JOIN pairs
    ON transactions.conversation_key = pairs.conversation_key AND transactions.model_key = pairs.model_key
    AND round_even(epoch_ms(transactions.created_at) / 1000, 0) = pairs.second
WHERE transactions.slot BETWEEN $first_slot AND $last_slot AND NOT transactions.paired;
