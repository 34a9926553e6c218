-- Writes which rows of the table $name were published; with $is_whole, no others were.
-- Frames: waiting_sent. Parameters: $name, $is_whole.
DELETE FROM published_waiting WHERE $is_whole AND name = $name;

INSERT INTO published_waiting SELECT $name, fingerprint FROM waiting_sent;
