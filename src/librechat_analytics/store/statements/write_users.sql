-- Takes over the users that the source holds now; who is missing keeps the last known names.
INSERT INTO users (key, id)
SELECT (SELECT coalesce(max(key), 0) FROM users) + row_number() OVER (), id
FROM labels ANTI JOIN users USING (id);

UPDATE users
SET
    name = CASE WHEN NOT forgotten THEN labels.name END,
    email = CASE WHEN NOT forgotten THEN labels.email END,
    role = labels.role, balance_e6 = labels.balance_e6, labelled = true,
    deleted_at = CASE WHEN NOT $is_current THEN deleted_at END
FROM labels
WHERE users.id = labels.id AND ($is_current OR NOT users.labelled) AND (
    users.name IS DISTINCT FROM labels.name OR users.email IS DISTINCT FROM labels.email
    OR users.role IS DISTINCT FROM labels.role OR users.balance_e6 IS DISTINCT FROM labels.balance_e6
    OR users.deleted_at IS NOT NULL OR NOT users.labelled
);

-- Whoever has appeared since the source was asked is not missing in what it said.
UPDATE users SET deleted_at = $now
WHERE $is_current AND deleted_at IS NULL AND key <= $known AND id NOT IN (SELECT id FROM labels);
