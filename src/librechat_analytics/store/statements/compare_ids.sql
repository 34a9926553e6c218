-- Compares `page`, the ids that the database has between two ids, with `held`, the ids that were held there (and
-- perhaps around) before it was asked. Parameters: low_head, low_tail, end_head, end_tail, both ends included;
-- settled_before, a head from which on nothing counts as gone yet.
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
