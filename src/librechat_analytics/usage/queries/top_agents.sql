-- The usage of each agent, without an agent (part_key 0), and with an unknown agent (-1): together all usage.
-- ways holds how each agent ran, as tuples (model, certainty, cost_e6, documents). By change, the agents whose cost was
-- in the previous period alone are listed too.
-- Reads: selected, {range_before}, agents, models. Parameters: $descending, $limit, $offset, $sort, $words.
-- One row per agent, highest cost first unless $sort says otherwise, then 0 and -1.
WITH
per_way AS MATERIALIZED (
    SELECT
        CASE WHEN certainty = 'unknown' THEN -1 ELSE coalesce(agent_key, 0) END AS part_key,
        ran_key, certainty,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(calls) AS calls,
        sum(documents) AS documents
    FROM selected
    GROUP BY ALL
),
counted AS (
    SELECT
        CASE WHEN certainty = 'unknown' THEN -1 ELSE coalesce(agent_key, 0) END AS part_key,
        count(DISTINCT counted_user_key) AS users,
        count(DISTINCT counted_conversation_key) AS conversations
    FROM selected
    GROUP BY ALL
),
per_part AS (
    SELECT
        part_key,
        sum(cost_e6) AS cost_e6,
        sum(prompt_tokens) AS prompt_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(calls) AS calls,
        sum(documents) AS documents,
        sum(CASE WHEN certainty = 'exact' THEN documents ELSE 0 END) AS exact_documents
    FROM per_way
    GROUP BY part_key
),
before AS (
    SELECT
        CASE WHEN certainty = 'unknown' THEN -1 ELSE coalesce(agent_key, 0) END AS part_key, sum(cost_e6) AS before_e6
    FROM "{range_before}"
    GROUP BY ALL
),
known AS (
    SELECT
        coalesce(per_part.part_key, before.part_key) AS part_key,
        coalesce(cost_e6, 0) AS cost_e6,
        coalesce(prompt_tokens, 0) AS prompt_tokens,
        coalesce(completion_tokens, 0) AS completion_tokens,
        coalesce(calls, 0) AS calls,
        coalesce(before_e6, 0) AS before_e6,
        intDiv(exact_documents * 1000000, nullif(documents, 0)) AS exact_millionths
    FROM per_part
    FULL JOIN before ON before.part_key = per_part.part_key
    WHERE
        per_part.part_key IS NOT NULL
        OR (before_e6 <> 0 AND ($sort = 'change' OR before.part_key <= 0))
),
ways AS (
    SELECT part_key, groupArray(tuple(models.id, certainty, cost_e6, documents)) AS ways
    FROM per_way LEFT JOIN models ON models.key = per_way.ran_key
    WHERE part_key > 0
    GROUP BY part_key
),
named AS (
    SELECT
        known.part_key AS part_key, cost_e6, prompt_tokens, completion_tokens, calls, before_e6, exact_millionths,
        agents.key AS agent_key, agents.id AS id, agents.name AS name, agents.tenant AS tenant,
        CASE WHEN agents.deleted_at IS NULL THEN agents.model END AS model,
        CASE WHEN agents.deleted_at IS NULL THEN agents.provider END AS provider,
        toBool(agents.deleted_at IS NOT NULL) AS deleted,
        coalesce(users, 0) AS users,
        coalesce(conversations, 0) AS conversations,
        CASE WHEN $sort = 'name' THEN caseFold(agents.name) END AS text_order,
        CASE WHEN $descending THEN -1 ELSE 1 END * CASE $sort
            WHEN 'name' THEN 0
            WHEN 'tokens' THEN prompt_tokens + completion_tokens
            WHEN 'prompt_tokens' THEN prompt_tokens
            WHEN 'completion_tokens' THEN completion_tokens
            WHEN 'calls' THEN calls
            WHEN 'users' THEN users
            WHEN 'conversations' THEN conversations
            WHEN 'attribution' THEN exact_millionths
            WHEN 'before' THEN before_e6
            WHEN 'change' THEN abs(cost_e6 - before_e6)
            ELSE cost_e6
        END AS number_order,
        sum(cost_e6) OVER () AS all_cost_e6,
        max(CASE WHEN known.part_key > 0 THEN cost_e6 END) OVER () AS highest_cost_e6,
        count(agents.key) OVER () AS total
    FROM known
    LEFT JOIN counted ON counted.part_key = known.part_key
    LEFT JOIN agents ON agents.key = known.part_key
),
found AS (
    SELECT
        *, count(agent_key) OVER () AS matched,
        row_number() OVER (
            ORDER BY
                agent_key IS NULL,
                CASE WHEN $descending THEN text_order END DESC NULLS LAST, text_order ASC NULLS LAST,
                number_order ASC NULLS LAST, id, tenant
        ) AS place
    FROM named
    WHERE
        agent_key IS NULL OR length($words) = 0
        OR hasWords(fold(concat(coalesce(name, ''), ' ', coalesce(model, ''), ' ', id)), $words)
)
SELECT
    found.part_key AS part_key, id, name, model, provider, deleted, cost_e6, prompt_tokens, completion_tokens, calls,
    users, conversations, coalesce(ways, []) AS ways, before_e6 AS previous_cost_e6, all_cost_e6, highest_cost_e6,
    total, matched
FROM found
LEFT JOIN ways ON ways.part_key = found.part_key
WHERE agent_key IS NULL OR (place > $offset AND place <= $offset + $limit)
ORDER BY place
