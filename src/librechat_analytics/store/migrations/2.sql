-- Who writes the store: a program that is too old for it then says which version is not.
ALTER TABLE sync_state ADD COLUMN written_by VARCHAR;
