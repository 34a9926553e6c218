-- The usage of each cost centre, and the usage of none (center NULL); together they are all usage. By change, the cost
-- centres whose cost was in the previous period alone are listed too. assumed_cost_e6 is what is assigned by groups,
-- domains and roles that are only taken to have held. several_cost_e6 and several_users are about the users in several
-- groups that the rules do not choose between.
-- Reads: selected, {range_before}, centers. Parameters: $descending, $limit, $offset, $sort, $words.
-- One row per cost centre, highest cost first unless $sort says otherwise, then the one without.
WITH
-- Once, because finding out who pays takes longer than everything else.
per_key AS MATERIALIZED (
    SELECT
        center_key, in_several, assumed, counted_user_key, counted_conversation_key,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(calls) AS calls
    FROM selected
    GROUP BY ALL
),
per_center AS (
    SELECT
        center_key,
        sum(per_key.cost_e6) AS cost_e6,
        sum(per_key.prompt_tokens) AS prompt_tokens,
        sum(per_key.completion_tokens) AS completion_tokens,
        sum(per_key.calls) AS calls,
        coalesce(sum(per_key.cost_e6) FILTER (WHERE assumed), 0) AS assumed_cost_e6,
        coalesce(sum(per_key.cost_e6) FILTER (WHERE in_several), 0) AS several_cost_e6,
        count(DISTINCT counted_user_key) AS users,
        count(DISTINCT counted_conversation_key) AS conversations
    FROM per_key
    GROUP BY center_key
),
several AS (
    SELECT count(DISTINCT counted_user_key) AS several_users FROM per_key WHERE in_several
),
before AS (
    SELECT center_key, sum(cost_e6) AS before_e6 FROM "{range_before}" GROUP BY center_key
),
known AS (
    SELECT
        coalesce(per_center.center_key, before.center_key) AS center_key,
        coalesce(cost_e6, 0) AS cost_e6,
        coalesce(prompt_tokens, 0) AS prompt_tokens,
        coalesce(completion_tokens, 0) AS completion_tokens,
        coalesce(calls, 0) AS calls,
        coalesce(assumed_cost_e6, 0) AS assumed_cost_e6,
        coalesce(several_cost_e6, 0) AS several_cost_e6,
        coalesce(users, 0) AS users,
        coalesce(conversations, 0) AS conversations,
        coalesce(before_e6, 0) AS before_e6
    FROM per_center
    FULL JOIN before ON before.center_key = per_center.center_key
    WHERE
        per_center.center_key IS NOT NULL
        OR (before_e6 <> 0 AND ($sort = 'change' OR before.center_key = 0))
),
ordered AS (
    SELECT
        known.center_key AS center_key, cost_e6, prompt_tokens, completion_tokens, calls, assumed_cost_e6,
        several_cost_e6, users, conversations, before_e6, centers.name AS center, centers.parent AS parent,
        sum(cost_e6) OVER () AS all_cost_e6,
        max(CASE WHEN known.center_key > 0 THEN cost_e6 END) OVER () AS highest_cost_e6,
        count(centers.name) OVER () AS total,
        CASE WHEN $sort = 'name' THEN caseFold(centers.name) END AS text_order,
        CASE WHEN $descending THEN -1 ELSE 1 END * CASE $sort
            WHEN 'name' THEN 0
            WHEN 'tokens' THEN prompt_tokens + completion_tokens
            WHEN 'prompt_tokens' THEN prompt_tokens
            WHEN 'completion_tokens' THEN completion_tokens
            WHEN 'calls' THEN calls
            WHEN 'users' THEN users
            WHEN 'conversations' THEN conversations
            WHEN 'cost_per_user' THEN intDiv(cost_e6, nullif(users, 0))
            WHEN 'before' THEN before_e6
            WHEN 'change' THEN abs(cost_e6 - before_e6)
            ELSE cost_e6
        END AS number_order
    FROM known
    LEFT JOIN centers ON centers.key = known.center_key
),
found AS (
    SELECT
        *, count(center) OVER () AS matched,
        row_number() OVER (
            ORDER BY
                center IS NULL,
                CASE WHEN $descending THEN text_order END DESC NULLS LAST, text_order ASC NULLS LAST,
                number_order ASC NULLS LAST, center
        ) AS place
    FROM ordered
    WHERE
        center IS NULL OR length($words) = 0
        OR hasWords(fold(concat(center, ' ', coalesce(parent, ''))), $words)
)
SELECT
    center, parent, cost_e6, prompt_tokens, completion_tokens, calls, users, conversations, assumed_cost_e6,
    several_cost_e6, several_users, before_e6 AS previous_cost_e6, all_cost_e6, highest_cost_e6, total, matched
FROM found CROSS JOIN several
WHERE center IS NULL OR (place > $offset AND place <= $offset + $limit)
ORDER BY place
