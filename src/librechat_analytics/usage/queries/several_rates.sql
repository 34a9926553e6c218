-- Models whose plain prompts were charged at more than one rate: a new price, a long-context tier, or a wrong match.
SELECT
    'several-rates' AS code,
    recorded_model || ' (' || array_to_string(list_transform(list_sort(list(DISTINCT rate))[:6], lambda r: '$' || r), ', ')
        || ')' AS detail,
    count(*) AS documents, sum(tokens) AS tokens, sum(cost_e6) AS cost_e6,
    min(created_at) AS first, max(created_at) AS last
FROM judged
WHERE usage_type = 'prompt' AND NOT structured AND NOT sentinel AND isfinite(rate) AND tokens > 0
    AND NOT no_model AND NOT agent_model
GROUP BY recorded_model
HAVING count(DISTINCT rate) > 1
ORDER BY cost_e6 DESC, recorded_model
