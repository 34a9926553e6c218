-- Deletes alerts that were over before $before, reports that were due before it, and what was sent about them.
-- Frames: none. Parameters: $before.
DELETE FROM alerts
WHERE resolved_at < $before OR (rule = 'report' AND opened_at < $before);

DELETE FROM deliveries WHERE alert_id NOT IN (SELECT id FROM alerts);
