-- Compares `page`, the ids that the database has in a range, with `held`, the ids that were held in that range (and
-- perhaps around it) before the database was read. The range includes both its ends. From $settled_before on, no id
-- counts as gone yet.
-- Frames: page, held. Parameters: $low_head, $low_tail, $end_head, $end_tail, $settled_before.
-- Creates: gone_here, not_held, newly_gone, back_again.
CREATE OR REPLACE TEMP TABLE gone_here AS
SELECT id_head, id_tail FROM gone WHERE id_head BETWEEN $low_head AND $end_head;

CREATE OR REPLACE TEMP TABLE not_held AS
SELECT id_head, id_tail FROM page ANTI JOIN held USING (id_head, id_tail);

CREATE OR REPLACE TEMP TABLE newly_gone AS
SELECT id_head, id_tail
FROM (
    SELECT id_head, id_tail FROM held
    WHERE id_head < $settled_before AND (id_head > $low_head OR id_head = $low_head AND id_tail >= $low_tail)
        AND (id_head < $end_head OR id_head = $end_head AND id_tail <= $end_tail)
)
ANTI JOIN page USING (id_head, id_tail)
ANTI JOIN gone_here USING (id_head, id_tail);

CREATE OR REPLACE TEMP TABLE back_again AS
SELECT id_head, id_tail FROM gone_here SEMI JOIN page USING (id_head, id_tail);
