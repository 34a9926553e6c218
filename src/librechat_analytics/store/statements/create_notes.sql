-- Makes the tables that say what was published and what was not yet. Only a store that is published has them.
-- Frames: none. Parameters: none.

-- pending: the version of a publication that was begun, and perhaps committed. store_schema: after a change of the
-- store's schema, everything is published again.
CREATE TABLE IF NOT EXISTS published (ledger UUID NOT NULL, version UBIGINT, pending UBIGINT, store_schema INTEGER);

-- The granules that have changed: the rows and cells of a conversation in a slot. conversation_key is 0 for rows
-- without one. A row without a slot says that all cells were forgotten. noted grows with each commit.
CREATE TABLE IF NOT EXISTS unpublished (slot INTEGER, conversation_key UINTEGER, noted UBIGINT NOT NULL);

-- Conversations with another root; new conversations have greater keys than those that were published.
CREATE TABLE IF NOT EXISTS unpublished_conversations (key UINTEGER NOT NULL, noted UBIGINT NOT NULL);

-- What each small table held when it was published last.
CREATE TABLE IF NOT EXISTS published_tables (name VARCHAR NOT NULL, fingerprint VARCHAR NOT NULL);

-- The rows of the tables of incomplete rows that were published.
CREATE TABLE IF NOT EXISTS published_waiting (name VARCHAR NOT NULL, fingerprint UBIGINT NOT NULL);
