-- Adds assistant messages of a dump.
-- Frames: given. Parameters: none.
INSERT INTO replies.messages BY NAME FROM given;
