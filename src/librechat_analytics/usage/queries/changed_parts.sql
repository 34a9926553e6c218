-- The users, models, agents, groups, providers or cost centres whose cost differs most between a period and the
-- previous one. A user counts in each of their groups. A user whose groups the reader may not see is in no part.
-- Reads: both_ranges, {known_subjects}. Parameters: $by, $limit.
-- One row per model that ran, with what it cost in all (is_whole); then one per part and model that ran for it, by
-- absolute difference of the part, then by its id.
WITH
per_key AS MATERIALIZED (
    SELECT
        -- Of groups, the users: their members. Keys begin with 1, so -1 can mean that the agent is unknown.
        CASE
            WHEN $by = 'agent' AND certainty = 'unknown' THEN -1
            ELSE nullif(toInt64("{own_key}"), 0)
        END AS own_key,
        ran_key,
        sum(CASE WHEN is_before THEN 0 ELSE 1 END) AS uses,
        sum(CASE WHEN is_before THEN 1 ELSE 0 END) AS uses_before,
        sum(CASE WHEN is_before THEN 0 ELSE calls END) AS calls,
        sum(CASE WHEN is_before THEN calls ELSE 0 END) AS calls_before,
        sum(CASE WHEN is_before THEN 0 ELSE prompt_cost_e6 END) AS prompt_cost_e6,
        sum(CASE WHEN is_before THEN prompt_cost_e6 ELSE 0 END) AS prompt_cost_before_e6,
        sum(CASE WHEN is_before THEN 0 ELSE cost_e6 - prompt_cost_e6 END) AS completion_cost_e6,
        sum(CASE WHEN is_before THEN cost_e6 - prompt_cost_e6 ELSE 0 END) AS completion_cost_before_e6,
        sum(CASE WHEN is_before THEN 0 ELSE prompt_tokens END) AS prompt_tokens,
        sum(CASE WHEN is_before THEN prompt_tokens ELSE 0 END) AS prompt_tokens_before,
        sum(CASE WHEN is_before THEN 0 ELSE completion_tokens END) AS completion_tokens,
        sum(CASE WHEN is_before THEN completion_tokens ELSE 0 END) AS completion_tokens_before
    FROM both_ranges
    GROUP BY ALL
),
named AS MATERIALIZED (
    SELECT
        per_key.*, CASE WHEN per_key.own_key = -1 THEN '(unknown)' ELSE known.subject END AS subject,
        known.name AS name, known.email AS email, toBool(coalesce(known.deleted, false)) AS deleted
    FROM per_key
    LEFT JOIN "{known_subjects}" AS known ON known.own_key = per_key.own_key
    WHERE NOT coalesce(known.is_hidden, false)
),
-- By id, because agents of several tenants may share one.
listed AS MATERIALIZED (
    SELECT
        subject, min(name) AS name, min(email) AS email, min(deleted) AS deleted,
        sum(uses) AS uses, sum(uses_before) AS uses_before,
        sum(prompt_cost_e6) + sum(completion_cost_e6)
        - sum(prompt_cost_before_e6) - sum(completion_cost_before_e6) AS difference_e6,
        count(*) OVER () AS total
    FROM named
    GROUP BY subject
    ORDER BY abs(difference_e6) DESC, subject ASC NULLS LAST
    LIMIT $limit
),
per_model AS (
    SELECT
        subject AS part, ran_key,
        sum(prompt_cost_e6) AS prompt_cost_e6, sum(prompt_cost_before_e6) AS prompt_cost_before_e6,
        sum(completion_cost_e6) AS completion_cost_e6, sum(completion_cost_before_e6) AS completion_cost_before_e6,
        sum(prompt_tokens) AS prompt_tokens, sum(prompt_tokens_before) AS prompt_tokens_before,
        sum(completion_tokens) AS completion_tokens, sum(completion_tokens_before) AS completion_tokens_before
    FROM named
    GROUP BY subject, ran_key
),
both_kinds AS (
    SELECT
        false AS is_whole, subject, name, email, deleted, uses, uses_before, total,
        abs(difference_e6) AS size_e6, ran_key, NULL AS calls, NULL AS calls_before,
        prompt_cost_e6, prompt_cost_before_e6, completion_cost_e6, completion_cost_before_e6,
        prompt_tokens, prompt_tokens_before, completion_tokens, completion_tokens_before
    FROM listed JOIN per_model ON per_model.part IS NOT DISTINCT FROM listed.subject
    UNION ALL
    SELECT
        true, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, ran_key, sum(calls), sum(calls_before),
        sum(prompt_cost_e6), sum(prompt_cost_before_e6), sum(completion_cost_e6), sum(completion_cost_before_e6),
        sum(prompt_tokens), sum(prompt_tokens_before), sum(completion_tokens), sum(completion_tokens_before)
    FROM per_key
    GROUP BY ran_key
)
SELECT * FROM both_kinds
ORDER BY is_whole DESC, size_e6 DESC, subject ASC NULLS LAST, ran_key
