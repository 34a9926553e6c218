-- Usage by user and model.
-- Reads: selected, users, models. Parameters: none. One row per user and model: the users, then the
-- models of each, highest cost first.
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
),
ordered AS (
    SELECT *, sum(cost_e6) OVER (PARTITION BY user_key) AS of_user_e6 FROM per_pair
)
SELECT
    users.id AS "user", users.name AS name, users.email AS email, toBool(users.deleted_at IS NOT NULL) AS deleted,
    models.id AS model, cost_e6, prompt_tokens, completion_tokens, calls
FROM ordered
LEFT JOIN users ON users.key = ordered.user_key
LEFT JOIN models ON models.key = ordered.ran_key
ORDER BY of_user_e6 DESC, users.id ASC NULLS LAST, cost_e6 DESC, models.id ASC NULLS LAST
