-- What costs are told apart by, one step for each: the key in usage, and by which id and name people know it; for lists
-- also its own name, the e-mail address, and whether LibreChat has deleted it. is_hidden: the reader may not know whose
-- the key is. The composer puts the step that a query reads before the query's own.
--
-- Reads: users, people, models, agents, providers, contexts, tenants. Parameters: none. One row per subject.
WITH
no_subjects AS NOT MATERIALIZED (
    SELECT 0 AS own_key, '' AS subject, '' AS label
),
users_as_subjects AS NOT MATERIALIZED (
    SELECT
        key AS own_key, id AS subject, coalesce(name, email, id) AS label, name, email,
        toBool(deleted_at IS NOT NULL) AS deleted, false AS is_hidden
    FROM users
),
models_as_subjects AS NOT MATERIALIZED (
    SELECT key AS own_key, id AS subject, id AS label, NULL AS name, NULL AS email, false AS deleted, false AS is_hidden
    FROM models
),
agents_as_subjects AS NOT MATERIALIZED (
    SELECT
        key AS own_key, id AS subject, coalesce(name, id) AS label, name, NULL AS email,
        toBool(deleted_at IS NOT NULL) AS deleted, false AS is_hidden
    FROM agents
),
providers_as_subjects AS NOT MATERIALIZED (
    SELECT key AS own_key, id AS subject, id AS label, NULL AS name, NULL AS email, false AS deleted, false AS is_hidden
    FROM providers
),
contexts_as_subjects AS NOT MATERIALIZED (
    SELECT key AS own_key, id AS subject, id AS label, false AS is_hidden FROM contexts
),
tenants_as_subjects AS NOT MATERIALIZED (
    SELECT key AS own_key, id AS subject, id AS label, false AS is_hidden FROM tenants
),
domains_as_subjects AS NOT MATERIALIZED (
    SELECT key AS own_key, domain AS subject, domain AS label, false AS is_hidden FROM people
),
roles_as_subjects AS NOT MATERIALIZED (
    SELECT key AS own_key, role AS subject, role AS label, false AS is_hidden FROM people
)
SELECT * FROM users_as_subjects
