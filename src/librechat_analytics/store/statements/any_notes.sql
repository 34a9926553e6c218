-- Whether a granule in a range of slots was noted.
-- Frames: none. Parameters: $first_slot, $end_slot. One row.
SELECT count(*) > 0 FROM unpublished
WHERE slot >= $first_slot AND slot < $end_slot;
