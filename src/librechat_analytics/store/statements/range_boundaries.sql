-- The heads that cut the rows held into ranges of about the same number of rows.
-- Frames: none. Parameters: $fractions. One row with a list.
SELECT quantile_disc(id_head, $fractions) FROM transactions;
