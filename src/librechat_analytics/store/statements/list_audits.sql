-- How the last audit of each kind ended, in the order of the fields of AuditResult.
-- Frames: none. Parameters: none. One row per kind, the latest first.
SELECT kind, started_at, ended_at, documents, added, gone FROM audits ORDER BY ended_at DESC;
