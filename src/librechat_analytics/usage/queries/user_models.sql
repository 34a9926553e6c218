SELECT
    users.id AS "user", users.name, users.email, model,
    sum(cost_e6) AS cost_e6,
    coalesce(sum(tokens) FILTER (usage_type = 'prompt'), 0) AS prompt_tokens,
    coalesce(sum(tokens) FILTER (usage_type = 'completion'), 0) AS completion_tokens,
    count(*) FILTER (usage_type = 'prompt') AS calls
FROM ran
LEFT JOIN users ON users.key = ran.user_key
GROUP BY ALL
ORDER BY users.id ASC NULLS LAST, cost_e6 DESC, model ASC NULLS LAST
