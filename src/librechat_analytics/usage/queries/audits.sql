-- How the last audit of each kind ended.
-- Reads: audits. Parameters: none. One row per kind, the latest first.
SELECT kind, started_at, ended_at, documents, added, gone
FROM audits
ORDER BY ended_at DESC
