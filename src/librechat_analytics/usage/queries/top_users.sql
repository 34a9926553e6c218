-- The usage of each user, and of rows without a readable user (id NULL).
-- Conversations are counted only for the users on the list, because that takes as long as everything else together.
-- Reads: selected, users. Parameters: $limit. One row per user, highest cost first.
WITH
per_user AS (
    SELECT
        coalesce(user_key, 0) AS user_key,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(calls) AS calls,
        max(last_at) AS last_at
    FROM selected
    GROUP BY coalesce(user_key, 0)
),
listed AS MATERIALIZED (
    SELECT
        per_user.user_key AS user_key,
        users.id AS id, users.name AS name, users.email AS email, users.deleted_at IS NOT NULL AS deleted,
        cost_e6, prompt_tokens, completion_tokens, calls, last_at,
        sum(cost_e6) OVER () AS all_cost_e6,
        count(*) OVER () AS total
    FROM per_user
    LEFT JOIN users ON users.key = per_user.user_key
    ORDER BY cost_e6 DESC, users.id ASC NULLS LAST
    LIMIT $limit
),
counted AS (
    SELECT coalesce(user_key, 0) AS user_key, count(DISTINCT conversation_key) AS conversations
    FROM selected
    WHERE coalesce(user_key, 0) IN (SELECT user_key FROM listed)
    GROUP BY coalesce(user_key, 0)
)
SELECT
    id, name, email, deleted, cost_e6, prompt_tokens, completion_tokens, calls, conversations,
    fromUnixTimestamp64Milli(last_at) AS last_active, all_cost_e6, total
FROM listed JOIN counted USING (user_key)
ORDER BY cost_e6 DESC, id ASC NULLS LAST
