-- Whose ledger the store is, the version of its last commit in ClickHouse, and of one that was about to be.
-- Frames: none. Parameters: none. One row, none before the first publication.
SELECT ledger, version, pending FROM published;
