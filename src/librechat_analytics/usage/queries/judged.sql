-- The same rows with what makes their figure less sure.
-- A model is unpriced if one of its plain prompts stands at LibreChat's default rate anywhere in the ledger;
-- Claude Sonnet 4.6 had that very price above 200,000 tokens (v0.8.3-rc1 to v0.8.5).
unpriced AS (
    SELECT DISTINCT transactions.model_key
    FROM transactions JOIN models ON models.key = transactions.model_key
    WHERE usage_type = 'prompt' AND NOT structured AND rate = 6
        AND NOT starts_with(models.id, 'agent_')
        AND NOT (contains(models.id, 'sonnet-4-6') AND abs(tokens) > 200000)
),
judged AS (
    SELECT
        selected.*, models.id AS recorded_model,
        selected.model_key IS NULL AS no_model,
        coalesce(starts_with(models.id, 'agent_'), false) AS agent_model,
        unpriced.model_key IS NOT NULL AND (abs(rate - 6) < 1e-9 OR abs(rate - 6.9) < 1e-6) AS default_rate,
        coalesce(contexts.id = 'incomplete', false) AS incomplete
    FROM selected
    LEFT JOIN models ON models.key = selected.model_key
    LEFT JOIN unpriced ON unpriced.model_key = selected.model_key
    LEFT JOIN contexts ON contexts.key = selected.context_key
)
