-- Usage by all that makes its figure less sure; grouped by keys first, so that names cost little.
judged AS NOT MATERIALIZED (
    SELECT
        alike.*, models.id AS recorded_model, models.agent AS recorded_agent,
        alike.model_key IS NULL AS no_model,
        default_rate AND coalesce(models.unpriced, false) AS unpriced,
        coalesce(contexts.id = 'incomplete', false) AS incomplete
    FROM (
        SELECT
            model_key, context_key, user_key IS NULL AS no_user, certainty,
            default_rate, agent_model, sentinel, positive_value,
            count(*) AS documents, sum(tokens) AS tokens, sum(cost_e6) AS cost_e6,
            min(created_at) AS first, max(created_at) AS last
        FROM selected
        GROUP BY ALL
    ) AS alike
    LEFT JOIN models ON models.key = alike.model_key
    LEFT JOIN contexts ON contexts.key = alike.context_key
)
