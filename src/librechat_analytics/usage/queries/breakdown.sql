-- The usage of each group, e-mail domain, role, provider, context or tenant, and of what has none (part NULL). A user
-- counts in each of their groups; groups that the reader may not see are in no part. By change, the parts whose cost
-- was in the previous period alone are listed too.
-- Reads: selected, {range_before}, {known_subjects}, models. Parameters: $descending, $limit, $offset, $sort, $words.
-- One row per part, highest cost first unless $sort says otherwise, then the one without.
WITH
owned AS MATERIALIZED (
    SELECT own_key, subject AS part, label, is_hidden FROM "{known_subjects}"
    UNION ALL
    -- A row that no key joins: without any name, DuckDB would take the sums for numbers of eight bits.
    SELECT 0, NULL, NULL, false
),
per_owner AS MATERIALIZED (
    SELECT
        "{own_key}" AS owner_key, ran_key,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(calls) AS calls,
        max(last_at) AS last_at
    FROM selected
    GROUP BY ALL
),
-- Once for each conversation, because cells are many and a group may have many users.
reached AS (
    SELECT DISTINCT "{own_key}" AS owner_key, counted_user_key, counted_conversation_key FROM selected
),
counted AS (
    SELECT
        part, count(DISTINCT counted_user_key) AS users,
        count(DISTINCT counted_conversation_key) AS conversations
    FROM reached LEFT JOIN owned ON owned.own_key = reached.owner_key
    WHERE NOT coalesce(is_hidden, false)
    GROUP BY part
),
per_way AS MATERIALIZED (
    SELECT
        part, ran_key,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(calls) AS calls,
        max(last_at) AS last_at
    FROM per_owner LEFT JOIN owned ON owned.own_key = per_owner.owner_key
    WHERE NOT coalesce(is_hidden, false)
    GROUP BY part, ran_key
),
per_part AS (
    SELECT
        true AS is_used, part,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(calls) AS calls,
        max(last_at) AS last_at
    FROM per_way
    GROUP BY part
),
before AS (
    SELECT part, sum(cost_e6) AS before_e6
    FROM (
        SELECT "{own_key}" AS owner_key, sum(cost_e6) AS cost_e6 FROM "{range_before}" GROUP BY ALL
    ) AS spent_before
    LEFT JOIN owned ON owned.own_key = spent_before.owner_key
    WHERE NOT coalesce(is_hidden, false)
    GROUP BY part
),
top_model AS (
    SELECT part, models.id AS top_model
    FROM per_way LEFT JOIN models ON models.key = per_way.ran_key
    QUALIFY row_number() OVER (PARTITION BY part ORDER BY cost_e6 DESC, models.id NULLS LAST) = 1
),
labels AS (
    SELECT part, min(label) AS label FROM owned WHERE part IS NOT NULL GROUP BY part
),
named AS (
    SELECT
        coalesce(per_part.part, before.part) AS part,
        labels.label AS label,
        coalesce(cost_e6, 0) AS cost_e6,
        coalesce(prompt_tokens, 0) AS prompt_tokens,
        coalesce(completion_tokens, 0) AS completion_tokens,
        coalesce(calls, 0) AS calls,
        coalesce(users, 0) AS users,
        coalesce(conversations, 0) AS conversations,
        last_at, top_model,
        coalesce(before_e6, 0) AS before_e6
    FROM per_part
    FULL JOIN before ON before.part IS NOT DISTINCT FROM per_part.part
    LEFT JOIN labels ON labels.part = coalesce(per_part.part, before.part)
    LEFT JOIN counted ON counted.part IS NOT DISTINCT FROM per_part.part AND is_used
    LEFT JOIN top_model ON top_model.part IS NOT DISTINCT FROM per_part.part AND is_used
    WHERE is_used OR (before_e6 <> 0 AND ($sort = 'change' OR before.part IS NULL))
),
ordered AS (
    SELECT
        *, (SELECT sum(cost_e6) FROM per_owner) AS all_cost_e6,
        max(CASE WHEN part IS NOT NULL THEN cost_e6 END) OVER () AS highest_cost_e6,
        count(part) OVER () AS total,
        CASE WHEN $sort = 'name' THEN caseFold(label) END AS text_order,
        CASE WHEN $descending THEN -1 ELSE 1 END * CASE $sort
            WHEN 'name' THEN 0
            WHEN 'tokens' THEN prompt_tokens + completion_tokens
            WHEN 'prompt_tokens' THEN prompt_tokens
            WHEN 'completion_tokens' THEN completion_tokens
            WHEN 'calls' THEN calls
            WHEN 'users' THEN users
            WHEN 'conversations' THEN conversations
            WHEN 'cost_per_user' THEN intDiv(cost_e6, nullif(users, 0))
            WHEN 'last_active' THEN last_at
            WHEN 'before' THEN before_e6
            WHEN 'change' THEN abs(cost_e6 - before_e6)
            ELSE cost_e6
        END AS number_order
    FROM named
),
found AS (
    SELECT
        *, count(part) OVER () AS matched,
        row_number() OVER (
            ORDER BY
                part IS NULL,
                CASE WHEN $descending THEN text_order END DESC NULLS LAST, text_order ASC NULLS LAST,
                number_order ASC NULLS LAST, part
        ) AS place
    FROM ordered
    WHERE part IS NULL OR length($words) = 0 OR hasWords(fold(concat(label, ' ', part)), $words)
)
SELECT
    part AS key, label, cost_e6, prompt_tokens, completion_tokens, calls, users, conversations, top_model,
    fromUnixTimestamp64Milli(last_at) AS last_active, before_e6 AS previous_cost_e6,
    coalesce(all_cost_e6, 0) AS all_cost_e6, highest_cost_e6, total, matched
FROM found
WHERE part IS NULL OR (place > $offset AND place <= $offset + $limit)
ORDER BY place
