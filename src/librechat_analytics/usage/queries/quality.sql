SELECT
    coalesce(sum(cost_e6) FILTER (unpriced), 0) AS default_rate_cost_e6,
    coalesce(sum(cost_e6) FILTER (no_model), 0) AS no_model_cost_e6,
    coalesce(sum(cost_e6) FILTER (agent_model), 0) AS agent_model_cost_e6,
    coalesce(sum(cost_e6) FILTER (incomplete), 0) AS incomplete_cost_e6,
    coalesce(sum(documents) FILTER (sentinel), 0) AS sentinel_rows,
    coalesce(sum(documents) FILTER (positive_value), 0) AS positive_value_rows
FROM judged
