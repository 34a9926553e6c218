-- Who is in which group now, as far as the reader may see the group. The composer puts these steps after those of
-- period.sql, and replaces the names in braces by the conditions of the reader's scope, or by true.
--
-- Reads: people, groups, memberships. Parameters: none. One row per user and group.
WITH
seen_users AS NOT MATERIALIZED (
    SELECT *, key AS user_key FROM people WHERE "{user_conditions}"
),
seen_groups AS NOT MATERIALIZED (
    SELECT * FROM groups WHERE "{group_conditions}"
),
members AS NOT MATERIALIZED (
    SELECT memberships.user_key AS user_key, seen_groups.id AS group_id, seen_groups.name AS group_name
    FROM memberships JOIN seen_groups ON seen_groups.id = memberships.group_id
    WHERE memberships.until IS NULL
),
-- In the shape of subjects.sql.
groups_as_subjects AS NOT MATERIALIZED (
    SELECT user_key AS own_key, group_id AS subject, coalesce(group_name, group_id) AS label FROM members
),
-- With the users who are only in groups that the reader may not see: lists must leave them out.
all_groups_as_subjects AS NOT MATERIALIZED (
    SELECT
        memberships.user_key AS own_key, seen_groups.id AS subject,
        coalesce(seen_groups.name, seen_groups.id) AS label, seen_groups.name AS name, NULL AS email, false AS deleted,
        toBool(seen_groups.id IS NULL) AS is_hidden
    FROM memberships LEFT JOIN seen_groups ON seen_groups.id = memberships.group_id
    WHERE memberships.until IS NULL
)
SELECT * FROM members
