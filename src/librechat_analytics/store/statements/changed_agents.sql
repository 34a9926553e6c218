-- The agents that are not as agents_before.sql noted them.
-- Frames: none. Parameters: none. One row per id.
SELECT id FROM (FROM agents_now EXCEPT FROM agents_before)
UNION
SELECT id FROM (FROM agents_before EXCEPT FROM agents_now);
