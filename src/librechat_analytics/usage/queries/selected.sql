-- The usage rows that a question is about.
selected AS (
    SELECT * FROM usage
    WHERE created_at >= $start AND created_at < $end
)
