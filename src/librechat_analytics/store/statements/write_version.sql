-- Notes which schema the file has and which version of the program has it.
-- Frames: none. Parameters: $schema_version, $program_version.
UPDATE sync_state SET schema_version = $schema_version, written_by = $program_version;
