-- Cost and tokens of prompts and completions over time; their quotient is what a million tokens really cost.
-- Reads: selected, slots. Parameters: none. One row per bucket with usage.
SELECT
    bucket,
    sum(prompt_cost_e6) AS prompt_cost_e6,
    sum(prompt_tokens) AS prompt_tokens,
    sum(cost_e6) - sum(prompt_cost_e6) AS completion_cost_e6,
    sum(completion_tokens) AS completion_tokens
FROM selected JOIN slots USING (slot)
GROUP BY bucket
