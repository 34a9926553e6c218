-- Writes what the small tables held when they were published.
-- Frames: fingerprints. Parameters: none.
DELETE FROM published_tables
USING fingerprints
WHERE published_tables.name = fingerprints.name;

INSERT INTO published_tables SELECT name, fingerprint FROM fingerprints;
