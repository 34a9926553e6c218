-- Adds conversations of a dump.
-- Frames: given. Parameters: none.
INSERT INTO replies.conversations BY NAME FROM given;
