-- Whose ledger the store is, the version of its last commit in ClickHouse, that of a publication that was begun, and
-- the schema of the store at the last commit.
-- Frames: none. Parameters: none. One row, none before the first publication.
SELECT ledger, version, pending, store_schema FROM published;
