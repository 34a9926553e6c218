-- What the assignment to cost centres depends on, beside its rules: another row means another state.
-- Reads: agents, memberships, user_traits, users. Parameters: none. One row.
SELECT
    (SELECT count(*) FROM agents) AS agents,
    (SELECT sum(toInt128(cityHash64(tuple(key, email, forgotten)))) FROM users) AS users,
    (
        SELECT sum(toInt128(cityHash64(tuple(group_id, user_key, tuple(since, until, assumed))))) FROM memberships
    ) AS memberships,
    (
        SELECT sum(toInt128(cityHash64(tuple(trait, value, tuple(user_key, since, until, assumed))))) FROM user_traits
    ) AS traits
