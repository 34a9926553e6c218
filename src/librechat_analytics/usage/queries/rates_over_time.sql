SELECT
    bucket,
    coalesce(sum(cost_e6) FILTER (usage_type = 'prompt'), 0) AS prompt_cost_e6,
    coalesce(sum(tokens) FILTER (usage_type = 'prompt'), 0) AS prompt_tokens,
    coalesce(sum(cost_e6) FILTER (usage_type = 'completion'), 0) AS completion_cost_e6,
    coalesce(sum(tokens) FILTER (usage_type = 'completion'), 0) AS completion_tokens
FROM selected JOIN slots USING (slot)
GROUP BY bucket
