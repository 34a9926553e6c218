-- What each model cost in a period and in the range before it, by prompts and completions, with tokens and calls.
-- Reads: both_ranges. Parameters: none. One row per model that ran in either range.
SELECT
    ran_key,
    sum(CASE WHEN is_before THEN 0 ELSE calls END) AS calls,
    sum(CASE WHEN is_before THEN calls ELSE 0 END) AS calls_before,
    sum(CASE WHEN is_before THEN 0 ELSE prompt_cost_e6 END) AS prompt_cost_e6,
    sum(CASE WHEN is_before THEN prompt_cost_e6 ELSE 0 END) AS prompt_cost_before_e6,
    sum(CASE WHEN is_before THEN 0 ELSE cost_e6 - prompt_cost_e6 END) AS completion_cost_e6,
    sum(CASE WHEN is_before THEN cost_e6 - prompt_cost_e6 ELSE 0 END) AS completion_cost_before_e6,
    sum(CASE WHEN is_before THEN 0 ELSE prompt_tokens END) AS prompt_tokens,
    sum(CASE WHEN is_before THEN prompt_tokens ELSE 0 END) AS prompt_tokens_before,
    sum(CASE WHEN is_before THEN 0 ELSE completion_tokens END) AS completion_tokens,
    sum(CASE WHEN is_before THEN completion_tokens ELSE 0 END) AS completion_tokens_before
FROM both_ranges
GROUP BY ran_key
