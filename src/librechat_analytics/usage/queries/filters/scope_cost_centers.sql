-- The rows that some cost centres pay for; (unassigned) for rows that none does.
-- Reads: assigned_rows, centers. Parameters: $scope_cost_centers.
SELECT * FROM assigned_rows
WHERE
    (has($scope_cost_centers, '(unassigned)') AND center_key = 0)
    OR center_key IN (SELECT key FROM centers WHERE has($scope_cost_centers, name))
