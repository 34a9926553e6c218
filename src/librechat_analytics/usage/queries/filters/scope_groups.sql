id IN (SELECT unnest($scope_groups::VARCHAR[]))
