-- Takes over the domains and roles of the users of `labels`, who have just been written, by a reading of the instant
-- $as_of: what is new begins with it, what is different now ends with it. Who is missing keeps what they had at last.
CREATE OR REPLACE TEMP TABLE told AS
SELECT key AS user_key, 'domain'::user_trait AS trait, lower(split_part(email, '@', -1)) AS value
FROM users SEMI JOIN labels USING (id)
WHERE contains(email, '@') AND NOT ends_with(email, '@')
UNION ALL
SELECT key, 'role', role FROM users SEMI JOIN labels USING (id) WHERE role IS NOT NULL;

UPDATE user_traits SET until = greatest($as_of, since)
FROM (SELECT key FROM users SEMI JOIN labels USING (id)) AS read
WHERE until IS NULL AND user_traits.user_key = read.key AND NOT EXISTS (
    SELECT 1 FROM told
    WHERE told.user_key = user_traits.user_key AND told.trait = user_traits.trait AND told.value = user_traits.value
);

INSERT INTO user_traits
SELECT
    user_key, trait, value, greatest($as_of, before.until), NULL,
    CASE trait WHEN 'domain' THEN domains_since ELSE roles_since END IS NULL
FROM told CROSS JOIN sync_state
ANTI JOIN (SELECT user_key, trait FROM user_traits WHERE until IS NULL) AS held USING (user_key, trait)
LEFT JOIN (
    SELECT user_key, trait, max(until) AS until FROM user_traits GROUP BY user_key, trait
) AS before USING (user_key, trait);

-- What began and ended at one instant never held, unless it may have held before.
DELETE FROM user_traits WHERE until <= since AND NOT assumed;

-- Without any e-mail, addresses were not read: whoever has one later may have had it before.
UPDATE sync_state SET domains_since = $as_of
WHERE domains_since IS NULL AND EXISTS (SELECT 1 FROM told WHERE trait = 'domain');
UPDATE sync_state SET roles_since = $as_of WHERE roles_since IS NULL;
