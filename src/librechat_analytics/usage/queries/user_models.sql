-- Usage by user and model.
-- Reads: selected, users, models. Parameters: none. One row per user and model, by user, then highest cost first.
WITH
per_pair AS (
    SELECT
        user_key, ran_key,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(calls) AS calls
    FROM selected
    GROUP BY user_key, ran_key
)
SELECT
    users.id AS "user", users.name AS name, users.email AS email, users.deleted_at IS NOT NULL AS deleted,
    models.id AS model, cost_e6, prompt_tokens, completion_tokens, calls
FROM per_pair
LEFT JOIN users ON users.key = per_pair.user_key
LEFT JOIN models ON models.key = per_pair.ran_key
ORDER BY users.id ASC NULLS LAST, cost_e6 DESC, models.id ASC NULLS LAST
