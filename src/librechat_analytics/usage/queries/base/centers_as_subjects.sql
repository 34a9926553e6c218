-- The cost centres in the shape of subjects.sql. They have a file of their own, because a query that names them waits
-- until it is known who pays.
--
-- Reads: centers. Parameters: none. One row per cost centre.
WITH
centers_as_subjects AS NOT MATERIALIZED (
    SELECT key AS own_key, name AS subject, name AS label FROM centers
)
SELECT * FROM centers_as_subjects
