-- Adds the version of the program that has the store, so that a program that is too old for it can name that version.
ALTER TABLE sync_state ADD COLUMN written_by VARCHAR;
