-- Notes whose ledger the store is. What older publications noted is void.
-- Frames: none. Parameters: $ledger, $version, $store_schema.
DELETE FROM published;
DELETE FROM unpublished;
DELETE FROM unpublished_conversations;
DELETE FROM published_tables;
DELETE FROM published_waiting;

INSERT INTO published VALUES ($ledger, $version, NULL, $store_schema);
