-- The relations that the queries about all time read: what a reader may see. The composer puts these steps before a
-- query's own steps and replaces the names in braces by the conditions of the reader's scope, or by true. A query may
-- have {is_scoped}, which becomes true or false.
-- Reads: usage, people, groups. Parameters: none. One row per row of usage that the reader may see.
WITH
seen_usage AS NOT MATERIALIZED (
    SELECT * FROM usage WHERE "{usage_conditions}"
),
seen_users AS NOT MATERIALIZED (
    SELECT *, key AS user_key FROM people WHERE "{user_conditions}"
),
seen_groups AS NOT MATERIALIZED (
    SELECT * FROM groups WHERE "{group_conditions}"
)
SELECT * FROM seen_usage
