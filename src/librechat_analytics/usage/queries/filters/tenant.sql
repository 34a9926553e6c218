-- The rows of a tenant, or without one.
-- Reads: usage, tenants. Parameters: $tenant.
SELECT * FROM usage
WHERE
    CASE
        WHEN $tenant = '(none)' THEN tenant_key IS NULL
        ELSE tenant_key IN (SELECT key FROM tenants WHERE id = $tenant)
    END
