-- Usage grouped by everything that makes its figures uncertain, and by its rates: findings.py turns this into findings.
-- One reading of the cells serves all findings, and the names are joined to few rows.
-- Reads: selected, models, contexts. Parameters: none. One row per group.
SELECT
    alike.*, models.id AS model, models.agent AS agent,
    toBool(coalesce(default_rate AND models.unpriced, false)) AS unpriced,
    toBool(coalesce(contexts.id = 'incomplete', false)) AS incomplete
FROM (
    SELECT
        model_key, context_key, toBool(user_key IS NULL) AS no_user, certainty,
        default_rate, agent_model, sentinel, positive_value, blank, prompt_rate, completion_rate,
        sum(documents) AS documents, sum(calls) AS calls, sum(cached_calls) AS cached_calls,
        sum(prompt_tokens) AS prompt_tokens, sum(cached_tokens) AS cached_tokens,
        sum(completion_tokens) AS completion_tokens,
        sum(cost_e6) AS cost_e6, sum(prompt_cost_e6) AS prompt_cost_e6, sum(cached_cost_e6) AS cached_cost_e6,
        min(first_at) AS first_at, max(last_at) AS last_at
    FROM selected
    GROUP BY ALL
) AS alike
LEFT JOIN models ON models.key = alike.model_key
LEFT JOIN contexts ON contexts.key = alike.context_key
