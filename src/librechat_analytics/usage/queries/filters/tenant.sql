-- The rows of any of some tenants; (none) for rows without one.
-- Reads: usage, tenants. Parameters: $tenant.
SELECT * FROM usage
WHERE
    (has($tenant, '(none)') AND tenant_key IS NULL)
    OR tenant_key IN (SELECT key FROM tenants WHERE has($tenant, id))
