-- How much of the cost is uncertain, and how many rows cost nothing for a reason.
-- Reads: judged. Parameters: none. One row.
SELECT
    coalesce(sum(cost_e6) FILTER (WHERE unpriced), 0) AS default_rate_cost_e6,
    coalesce(sum(cost_e6) FILTER (WHERE no_model), 0) AS no_model_cost_e6,
    coalesce(sum(cost_e6) FILTER (WHERE agent_model), 0) AS agent_model_cost_e6,
    coalesce(sum(cost_e6) FILTER (WHERE incomplete), 0) AS incomplete_cost_e6,
    coalesce(sum(documents) FILTER (WHERE sentinel), 0) AS sentinel_rows,
    coalesce(sum(documents) FILTER (WHERE positive_value), 0) AS positive_value_rows
FROM judged
