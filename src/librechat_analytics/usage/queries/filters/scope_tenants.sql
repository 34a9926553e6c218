-- The rows of some tenants.
-- Reads: usage, tenants. Parameters: $scope_tenants.
SELECT * FROM usage
WHERE
    tenant_key IN (SELECT key FROM tenants WHERE has($scope_tenants, id))
