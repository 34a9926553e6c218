-- The cost centres in the shape of subjects.sql. They have a file of their own, because a query that names them waits
-- until it is known who pays.
--
-- Reads: centers. Parameters: none. One row per cost centre.
WITH
centers_as_subjects AS NOT MATERIALIZED (
    SELECT
        key AS own_key, centers.name AS subject, centers.name AS label, NULL AS name, NULL AS email, false AS deleted,
        false AS is_hidden
    FROM centers
)
SELECT * FROM centers_as_subjects
