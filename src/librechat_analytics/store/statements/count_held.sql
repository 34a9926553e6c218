-- Counts the ids in a range that the database should still have. The range includes both its ends, given as heads and
-- as whole ids.
-- Frames: none. Parameters: $low_head, $last_head, $low_text, $end_text. One row.
SELECT
    (SELECT count(*) FROM transactions WHERE id_head BETWEEN $low_head AND $last_head)
    + (
        SELECT count(*) FROM refused
        WHERE id BETWEEN $low_text AND $end_text AND regexp_full_match(id, '[0-9a-f]{24}')
    )
    - (SELECT count(*) FROM gone WHERE id_head BETWEEN $low_head AND $last_head);
