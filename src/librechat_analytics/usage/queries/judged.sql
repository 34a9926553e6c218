-- The rows whose figure is less sure than the rest, and why.
judged AS NOT MATERIALIZED (
    SELECT
        selected.*, models.id AS recorded_model,
        selected.model_key IS NULL AS no_model,
        default_rate AND coalesce(models.unpriced, false) AS unpriced,
        coalesce(contexts.id = 'incomplete', false) AS incomplete
    FROM selected
    LEFT JOIN models ON models.key = selected.model_key
    LEFT JOIN contexts ON contexts.key = selected.context_key
    WHERE default_rate OR agent_model OR selected.model_key IS NULL OR sentinel OR positive_value
        OR user_key IS NULL OR certainty IN ('nearest', 'weak', 'unknown')
        OR context_key IN (SELECT key FROM contexts WHERE id = 'incomplete')
)
