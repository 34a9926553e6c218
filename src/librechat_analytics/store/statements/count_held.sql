-- Counts the ids that the database should still have in a range of ids. Parameters: low_head and last_head, both
-- included, and low_text and end_text, the least and the greatest id of the same range.
SELECT
    (SELECT count(*) FROM transactions WHERE id_head BETWEEN $low_head AND $last_head)
    + (
        SELECT count(*) FROM refused
        WHERE id BETWEEN $low_text AND $end_text AND regexp_full_match(id, '[0-9a-f]{24}')
    )
    - (SELECT count(*) FROM gone WHERE id_head BETWEEN $low_head AND $last_head);
