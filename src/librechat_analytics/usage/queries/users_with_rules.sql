-- What rules of cost centres can say something about: the ids, e-mail addresses, groups, domains and roles of users
-- that they name, and from when until when. Ids and addresses have no times.
-- Reads: memberships, subjects, user_traits, users. Parameters: none. One row per user and name.
SELECT user_key, who, found.name AS name, since, until, assumed
FROM (
    SELECT key AS user_key, 'user' AS kind, id AS name, NULL AS since, NULL AS until, false AS assumed FROM users
    UNION ALL
    SELECT key, 'email', lower(email), NULL, NULL, false FROM users
    UNION ALL
    SELECT user_key, 'group', group_id, since, until, assumed FROM memberships
    UNION ALL
    SELECT user_key, toString(trait), value, since, until, assumed FROM user_traits
) AS found
JOIN subjects ON who = kind AND subjects.name = found.name
ORDER BY user_key, who, since, found.name
