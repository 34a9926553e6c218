-- Lets everything be published.
-- Frames: none. Parameters: none. Creates: rows_to_send, cells_to_send, conversations_to_send.
CREATE OR REPLACE TEMP VIEW rows_to_send AS FROM transactions;

CREATE OR REPLACE TEMP VIEW cells_to_send AS FROM cells;

CREATE OR REPLACE TEMP VIEW conversations_to_send AS FROM conversations;
