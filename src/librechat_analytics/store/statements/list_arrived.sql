-- The days of a table that have arrived.
-- Frames: none. Parameters: $name. One row per day: the day since 1970, how many rows it has, and its fingerprint.
SELECT day, documents, fingerprint FROM arrived WHERE name = $name;
