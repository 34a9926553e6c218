-- Rows that are no usage, with what they cost: credits that were spent, and units other than tokens.
beside AS NOT MATERIALIZED (
    SELECT *, CASE WHEN sentinel OR positive_value THEN 0 ELSE credits_e6 END AS cost_e6
    FROM transactions
    WHERE usage_type = 'other'
)
