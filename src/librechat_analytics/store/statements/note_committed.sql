-- Notes that a publication was committed.
-- Frames: none. Parameters: $version.
UPDATE published SET version = $version, pending = NULL;
