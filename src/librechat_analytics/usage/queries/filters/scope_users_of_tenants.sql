tenant IN (SELECT unnest($scope_tenants::VARCHAR[]))
