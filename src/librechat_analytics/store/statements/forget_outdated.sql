-- Takes the ids of `dropped` off the list of outdated rows.
-- Frames: dropped. Parameters: none.
DELETE FROM outdated
USING dropped
WHERE outdated.id_head = dropped.id_head AND outdated.id_tail = dropped.id_tail;
