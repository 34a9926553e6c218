-- The users of some tenants.
-- Reads: people. Parameters: $scope_tenants.
SELECT * FROM people
WHERE
    has($scope_tenants, tenant)
