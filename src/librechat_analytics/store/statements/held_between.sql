-- Lists the ids that are held in a range, of transactions and of refused rows, deleted or not. The parameters are as in
-- count_held.sql.
-- Frames: none. Parameters: $low_head, $last_head, $low_text, $end_text. One row per id.
SELECT id_head, id_tail FROM transactions WHERE id_head BETWEEN $low_head AND $last_head
UNION ALL
SELECT ('0x' || id[:16])::UBIGINT, ('0x' || id[17:])::UINTEGER
FROM refused
WHERE id BETWEEN $low_text AND $end_text AND regexp_full_match(id, '[0-9a-f]{24}');
