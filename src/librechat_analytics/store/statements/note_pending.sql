-- Notes that a publication is about to be committed.
-- Frames: none. Parameters: $version.
UPDATE published SET pending = $version;
