SELECT
    coalesce(sum(cost_e6) FILTER (unpriced), 0) AS default_rate_cost_e6,
    coalesce(sum(cost_e6) FILTER (no_model), 0) AS no_model_cost_e6,
    coalesce(sum(cost_e6) FILTER (agent_model), 0) AS agent_model_cost_e6,
    coalesce(sum(cost_e6) FILTER (incomplete), 0) AS incomplete_cost_e6,
    count(*) FILTER (sentinel) AS sentinel_rows,
    count(*) FILTER (positive_value) AS positive_value_rows
FROM judged
