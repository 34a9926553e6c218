-- Gives the ids held in a range of ids, of rows and of refused documents, deleted or not. Parameters as those of
-- count_held.
SELECT id_head, id_tail FROM transactions WHERE id_head BETWEEN $low_head AND $last_head
UNION ALL
SELECT ('0x' || id[:16])::UBIGINT, ('0x' || id[17:])::UINTEGER
FROM refused
WHERE id BETWEEN $low_text AND $end_text AND regexp_full_match(id, '[0-9a-f]{24}');
