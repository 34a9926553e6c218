-- What costs are told apart by, one step for each: the key in usage, and by which id and name people know it. The
-- composer puts these steps before a query's own where it reads one of them.
--
-- Reads: users, models, agents, providers. Parameters: none. One row per subject.
WITH
no_subjects AS NOT MATERIALIZED (
    SELECT 0 AS own_key, '' AS subject, '' AS label
),
users_as_subjects AS NOT MATERIALIZED (
    SELECT key AS own_key, id AS subject, coalesce(name, email, id) AS label FROM users
),
models_as_subjects AS NOT MATERIALIZED (
    SELECT key AS own_key, id AS subject, id AS label FROM models
),
agents_as_subjects AS NOT MATERIALIZED (
    SELECT key AS own_key, id AS subject, coalesce(name, id) AS label FROM agents
),
providers_as_subjects AS NOT MATERIALIZED (
    SELECT key AS own_key, id AS subject, id AS label FROM providers
)
SELECT * FROM users_as_subjects
