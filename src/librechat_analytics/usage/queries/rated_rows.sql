-- When some models had plain prompts or completions at some rate. A cell does not say when its first prompt or
-- completion was, but the rows of its slot do.
-- Reads: selected_rows. Parameters: $model_keys, $slots. One row per model, rate and kind of rows.
SELECT
    model_key, agent_model, sentinel, toBool(whole_tokens <= 0) AS blank,
    CASE WHEN usage_type = 'prompt' THEN rate END AS prompt_rate,
    CASE WHEN usage_type = 'completion' THEN rate END AS completion_rate,
    min(created_at) AS first, max(created_at) AS last
FROM selected_rows
WHERE NOT structured AND isFinite(rate) AND has($model_keys, model_key)
    AND slot IN (SELECT arrayJoin($slots))
GROUP BY ALL
