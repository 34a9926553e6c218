-- Removes the tables of begin_arrivals.sql from a copy that is whole.
-- Frames: none. Parameters: none.
DROP TABLE copied_ledger;
DROP TABLE arrived;
