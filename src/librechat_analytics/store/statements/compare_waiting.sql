-- Compares the rows of waiting_now with those that were published of the table $name.
-- Frames: none. Parameters: $name. Creates: waiting_added. One row: how many were added, how many are
-- done, and how many wait.
CREATE OR REPLACE TEMP TABLE waiting_added AS
SELECT * FROM waiting_now
ANTI JOIN (SELECT fingerprint FROM published_waiting WHERE name = $name) AS held USING (fingerprint);

SELECT
    (SELECT count(*) FROM waiting_added),
    (SELECT count(*) FROM published_waiting WHERE name = $name)
    + (SELECT count(*) FROM waiting_added) - (SELECT count(*) FROM waiting_now),
    (SELECT count(*) FROM waiting_now);
