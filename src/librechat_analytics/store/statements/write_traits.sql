-- Writes the domains and roles of the users in `labels` as of $as_of, after write_users.sql. A trait begins with the
-- first reading that has it and ends with the first that has another one. A user who is missing keeps the last traits.
-- Frames: labels. Parameters: $as_of. Creates: present.
CREATE OR REPLACE TEMP TABLE present AS
SELECT key AS user_key, 'domain'::user_trait AS trait, lower(split_part(email, '@', -1)) AS value
FROM users SEMI JOIN labels USING (id)
WHERE contains(email, '@') AND NOT ends_with(email, '@')
UNION ALL
SELECT key, 'role', role FROM users SEMI JOIN labels USING (id) WHERE role IS NOT NULL;

UPDATE user_traits SET until = greatest($as_of, since)
FROM (SELECT key FROM users SEMI JOIN labels USING (id)) AS read
WHERE until IS NULL AND user_traits.user_key = read.key AND NOT EXISTS (
    SELECT 1 FROM present
    WHERE present.user_key = user_traits.user_key AND present.trait = user_traits.trait
        AND present.value = user_traits.value
);

INSERT INTO user_traits
SELECT
    user_key, trait, value, greatest($as_of, before.until), NULL,
    CASE trait WHEN 'domain' THEN domains_since ELSE roles_since END IS NULL
FROM present CROSS JOIN sync_state
ANTI JOIN (SELECT user_key, trait FROM user_traits WHERE until IS NULL) AS held USING (user_key, trait)
LEFT JOIN (
    SELECT user_key, trait, max(until) AS until FROM user_traits GROUP BY user_key, trait
) AS before USING (user_key, trait);

-- A trait that lasted no time was never true, unless it may have begun before the first reading.
DELETE FROM user_traits WHERE until <= since AND NOT assumed;

-- If no user has an e-mail address, addresses were not read, and those that appear later may be older.
UPDATE sync_state SET domains_since = $as_of
WHERE domains_since IS NULL AND EXISTS (SELECT 1 FROM present WHERE trait = 'domain');
UPDATE sync_state SET roles_since = $as_of WHERE roles_since IS NULL;
