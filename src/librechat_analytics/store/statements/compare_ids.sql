-- Compares `page`, the ids that the database has between two ids, with the rows held between them.
-- Parameters: low_head, low_tail, end_head, end_tail; both ends are included.
CREATE OR REPLACE TEMP TABLE held_here AS
SELECT id_head, id_tail
FROM transactions
WHERE id_head BETWEEN $low_head AND $end_head
    AND (id_head > $low_head OR id_tail >= $low_tail) AND (id_head < $end_head OR id_tail <= $end_tail);

CREATE OR REPLACE TEMP TABLE gone_here AS
SELECT id_head, id_tail FROM gone WHERE id_head BETWEEN $low_head AND $end_head;

CREATE OR REPLACE TEMP TABLE not_held AS
SELECT id_head, id_tail FROM page ANTI JOIN held_here USING (id_head, id_tail);

CREATE OR REPLACE TEMP TABLE newly_gone AS
SELECT id_head, id_tail
FROM held_here
ANTI JOIN page USING (id_head, id_tail)
ANTI JOIN gone_here USING (id_head, id_tail);

CREATE OR REPLACE TEMP TABLE back_again AS
SELECT id_head, id_tail FROM gone_here SEMI JOIN page USING (id_head, id_tail);
