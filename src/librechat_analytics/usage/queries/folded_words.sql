-- The words of a search without case and accents, as names are compared with them.
-- Reads: none. Parameters: $words. One row per word.
SELECT fold(word) AS word FROM (SELECT arrayJoin($words) AS word) AS typed
