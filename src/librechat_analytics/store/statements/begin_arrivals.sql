-- Makes the tables that say what has arrived of a copy, and empties the copy if it is of another ledger or schema.
-- Frames: none. Parameters: $ledger, $store_schema.

-- What the copy is of. It has one row.
CREATE TABLE IF NOT EXISTS copied_ledger (ledger UUID NOT NULL, store_schema INTEGER NOT NULL);

-- The days whose rows or cells are there, since 1970. fingerprint is ClickHouse's, which changes with them.
CREATE TABLE IF NOT EXISTS arrived (
    name VARCHAR NOT NULL, day INTEGER NOT NULL, documents UBIGINT NOT NULL, fingerprint UBIGINT NOT NULL
);

DELETE FROM arrived WHERE ($ledger, $store_schema) NOT IN (FROM copied_ledger);
DELETE FROM transactions WHERE ($ledger, $store_schema) NOT IN (FROM copied_ledger);
DELETE FROM cells WHERE ($ledger, $store_schema) NOT IN (FROM copied_ledger);
DELETE FROM copied_ledger;
INSERT INTO copied_ledger VALUES ($ledger, $store_schema);
