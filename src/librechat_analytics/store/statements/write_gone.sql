-- Adds the ids of `newly_gone` to the rows that LibreChat has deleted, and removes those of `back_again`.
-- Frames: newly_gone, back_again. Parameters: none.
INSERT INTO gone SELECT id_head, id_tail FROM newly_gone;

DELETE FROM gone
USING back_again
WHERE gone.id_head = back_again.id_head AND gone.id_tail = back_again.id_tail;
