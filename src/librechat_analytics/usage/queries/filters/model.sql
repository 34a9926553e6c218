CASE
    WHEN $model = '(none)' THEN model IS NULL
    ELSE model = $model
END
