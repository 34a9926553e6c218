-- The groups that a scope names.
-- Reads: groups. Parameters: $scope_groups.
SELECT * FROM groups
WHERE
    has($scope_groups, id)
