-- Marks all rows of the models and seconds in pairs. A mark stays, because it only says which rows to look at.
-- Frames: none. Parameters: $first_slot, $last_slot.
UPDATE transactions SET paired = true
FROM pairs
WHERE transactions.slot BETWEEN $first_slot AND $last_slot AND NOT transactions.paired
    AND transactions.conversation_key = pairs.conversation_key AND transactions.model_key = pairs.model_key
    AND round_even(epoch_ms(transactions.created_at) / 1000, 0) = pairs.second;
