-- Adds up the rows and the cells of each day.
-- Frames: none. Parameters: none. One row per table and day: the table, the day since 1970, how many rows, their cost
-- and their tokens.
SELECT 'transactions', floor(slot / 96)::INTEGER AS day, count(*), sum(credits_e6), sum(tokens::HUGEINT)
FROM transactions
GROUP BY day
UNION ALL
SELECT 'cells', floor(slot / 96)::INTEGER AS day, count(*), sum(cost_e6), sum(prompt_tokens + completion_tokens)
FROM cells
GROUP BY day;
