-- Deletes the rows and the cells of some days since 1970, so that they can arrive again.
-- Frames: none. Parameters: $names, $days.
DELETE FROM transactions
WHERE 'transactions' IN (SELECT unnest($names)) AND floor(slot / 96)::INTEGER IN (SELECT unnest($days));
DELETE FROM cells WHERE 'cells' IN (SELECT unnest($names)) AND floor(slot / 96)::INTEGER IN (SELECT unnest($days));
DELETE FROM arrived WHERE name IN (SELECT unnest($names)) AND day IN (SELECT unnest($days));
