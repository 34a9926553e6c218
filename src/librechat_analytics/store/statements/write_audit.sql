-- Writes how an audit ended, in place of the last one of its kind.
-- Frames: none. Parameters: $kind, $started_at, $ended_at, $documents, $added, $gone.
DELETE FROM audits WHERE kind = $kind;

INSERT INTO audits (kind, started_at, ended_at, documents, added, gone)
VALUES ($kind, $started_at, $ended_at, $documents, $added, $gone);
