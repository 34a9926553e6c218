-- Notes that a publication was committed.
-- Frames: none. Parameters: $version, $store_schema.
UPDATE published SET version = $version, pending = NULL, store_schema = $store_schema;
