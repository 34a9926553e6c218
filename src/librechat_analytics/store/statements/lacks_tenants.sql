-- Whether rows without a tenant are still to be listed as outdated.
-- Frames: none. Parameters: none. One row.
SELECT NOT tenants_read AND EXISTS (SELECT 1 FROM tenants) FROM sync_state;
