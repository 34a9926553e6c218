-- The rows that any of some cost centres pay for; (unassigned) for rows that none does.
-- Reads: assigned_rows, centers. Parameters: $cost_center.
SELECT * FROM assigned_rows
WHERE
    (has($cost_center, '(unassigned)') AND center_key = 0)
    OR center_key IN (SELECT key FROM centers WHERE has($cost_center, name))
