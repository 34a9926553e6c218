tenant_key IN (SELECT key FROM tenants WHERE id IN (SELECT unnest($scope_tenants::VARCHAR[])))
