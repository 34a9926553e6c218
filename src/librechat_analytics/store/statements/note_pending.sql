-- Notes that a publication was begun.
-- Frames: none. Parameters: $version.
UPDATE published SET pending = $version;
