-- What each small table held when it was published last.
-- Frames: none. Parameters: none. One row per table.
SELECT name, fingerprint FROM published_tables;
