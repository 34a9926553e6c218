-- Notes that the rows of some days have arrived. The frame has the columns of the table.
-- Frames: days. Parameters: none.
INSERT INTO arrived SELECT name, day, documents, fingerprint FROM days;
