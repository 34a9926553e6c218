-- Lists the rows without a tenant as outdated, if there are tenants and an older program wrote rows.
-- Frames: none. Parameters: none.
INSERT INTO outdated
SELECT id_head, id_tail FROM transactions
ANTI JOIN outdated USING (id_head, id_tail)
WHERE tenant_key IS NULL
    AND (SELECT NOT tenants_read FROM sync_state) AND EXISTS (FROM tenants)
ORDER BY id_head, id_tail;

UPDATE sync_state SET tenants_read = true WHERE NOT tenants_read AND EXISTS (FROM tenants);
