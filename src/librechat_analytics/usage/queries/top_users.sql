-- The usage of each user, and of rows without a readable user (id NULL).
-- Conversations are counted only for the users on the list, because that takes as long as everything else together. By
-- change, the users whose cost was in the previous period alone are listed too.
-- Reads: selected, {range_before}, {order_users}, users, members.
-- Parameters: $descending, $limit, $offset, $sort, $words.
-- One row per user, highest cost first unless $sort says otherwise.
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
before AS (
    SELECT coalesce(user_key, 0) AS user_key, sum(cost_e6) AS before_e6
    FROM "{range_before}"
    GROUP BY coalesce(user_key, 0)
),
ordering AS (
    SELECT
        coalesce(user_key, 0) AS user_key, max(last_at) AS ever_at,
        count(DISTINCT counted_conversation_key) AS conversations
    FROM "{order_users}"
    GROUP BY coalesce(user_key, 0)
),
named AS (
    SELECT
        coalesce(per_user.user_key, before.user_key) AS user_key,
        users.id AS id, users.name AS name, users.email AS email, toBool(users.deleted_at IS NOT NULL) AS deleted,
        coalesce(cost_e6, 0) AS cost_e6,
        coalesce(prompt_tokens, 0) AS prompt_tokens,
        coalesce(completion_tokens, 0) AS completion_tokens,
        coalesce(calls, 0) AS calls,
        last_at,
        coalesce(before_e6, 0) AS before_e6,
        CASE WHEN $sort = 'name' THEN caseFold(users.name) END AS text_order,
        CASE WHEN $descending THEN -1 ELSE 1 END * CASE $sort
            WHEN 'name' THEN 0
            WHEN 'tokens' THEN coalesce(prompt_tokens + completion_tokens, 0)
            WHEN 'prompt_tokens' THEN coalesce(prompt_tokens, 0)
            WHEN 'completion_tokens' THEN coalesce(completion_tokens, 0)
            WHEN 'calls' THEN coalesce(calls, 0)
            WHEN 'conversations' THEN ordering.conversations
            WHEN 'last_active' THEN last_at
            WHEN 'last_ever' THEN ordering.ever_at
            WHEN 'before' THEN coalesce(before_e6, 0)
            WHEN 'change' THEN abs(coalesce(cost_e6, 0) - coalesce(before_e6, 0))
            ELSE coalesce(cost_e6, 0)
        END AS number_order,
        sum(cost_e6) OVER () AS all_cost_e6,
        max(cost_e6) OVER () AS highest_cost_e6,
        count(*) OVER () AS total
    FROM per_user
    FULL JOIN before ON before.user_key = per_user.user_key
    LEFT JOIN users ON users.key = coalesce(per_user.user_key, before.user_key)
    LEFT JOIN ordering ON ordering.user_key = per_user.user_key
    WHERE per_user.user_key IS NOT NULL OR ($sort = 'change' AND before_e6 <> 0)
),
listed AS MATERIALIZED (
    SELECT *, count(*) OVER () AS matched
    FROM named
    WHERE
        length($words) = 0
        OR hasWords(fold(concat(coalesce(name, ''), ' ', coalesce(email, ''), ' ', coalesce(id, ''))), $words)
    ORDER BY
        CASE WHEN $descending THEN text_order END DESC NULLS LAST, text_order ASC NULLS LAST,
        number_order ASC NULLS LAST, id ASC NULLS LAST
    LIMIT $limit OFFSET $offset
),
counted AS (
    SELECT coalesce(user_key, 0) AS user_key, count(DISTINCT counted_conversation_key) AS conversations
    FROM selected
    WHERE coalesce(user_key, 0) IN (SELECT user_key FROM listed)
    GROUP BY coalesce(user_key, 0)
),
grouped AS (
    SELECT user_key, arraySort(groupArray(coalesce(group_name, group_id))) AS groups
    FROM members
    WHERE user_key IN (SELECT user_key FROM listed)
    GROUP BY user_key
)
SELECT
    listed.user_key AS user_key, id, name, email, deleted, coalesce(groups, []) AS groups, cost_e6, prompt_tokens,
    completion_tokens, calls, coalesce(conversations, 0) AS conversations,
    fromUnixTimestamp64Milli(last_at) AS last_active,
    before_e6 AS previous_cost_e6, all_cost_e6, highest_cost_e6, total, matched
FROM listed
LEFT JOIN counted ON counted.user_key = listed.user_key
LEFT JOIN grouped ON grouped.user_key = listed.user_key
ORDER BY
    CASE WHEN $descending THEN text_order END DESC NULLS LAST, text_order ASC NULLS LAST,
    number_order ASC NULLS LAST, id ASC NULLS LAST
