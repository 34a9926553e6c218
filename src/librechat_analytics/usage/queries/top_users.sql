-- The usage of each user, and of rows without a readable user (id NULL).
-- Reads: selected, users. Parameters: $limit. One row per user, highest cost first.
WITH
per_user AS (
    SELECT
        user_key,
        sum(cost_e6) AS cost_e6,
        coalesce(sum(tokens) FILTER (WHERE usage_type = 'prompt'), 0) AS prompt_tokens,
        coalesce(sum(tokens) FILTER (WHERE usage_type = 'completion'), 0) AS completion_tokens,
        count(*) FILTER (WHERE usage_type = 'prompt') AS calls,
        count(DISTINCT conversation_key) AS conversations,
        max(created_at) AS last_active
    FROM selected
    GROUP BY user_key
)
SELECT
    users.id AS id, users.name AS name, users.email AS email, users.deleted_at IS NOT NULL AS deleted,
    cost_e6, prompt_tokens, completion_tokens, calls, conversations, last_active,
    sum(cost_e6) OVER () AS all_cost_e6,
    count(*) OVER () AS total
FROM per_user
LEFT JOIN users ON users.key = per_user.user_key
ORDER BY cost_e6 DESC, users.id ASC NULLS LAST
LIMIT $limit
