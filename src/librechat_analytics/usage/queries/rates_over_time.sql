-- Cost and tokens of prompts and completions over time; their quotient is what a million tokens really cost.
-- Reads: selected, slots. Parameters: none. One row per bucket with usage.
SELECT
    bucket,
    coalesce(sum(cost_e6) FILTER (WHERE usage_type = 'prompt'), 0) AS prompt_cost_e6,
    coalesce(sum(tokens) FILTER (WHERE usage_type = 'prompt'), 0) AS prompt_tokens,
    coalesce(sum(cost_e6) FILTER (WHERE usage_type = 'completion'), 0) AS completion_cost_e6,
    coalesce(sum(tokens) FILTER (WHERE usage_type = 'completion'), 0) AS completion_tokens
FROM selected JOIN slots USING (slot)
GROUP BY bucket
