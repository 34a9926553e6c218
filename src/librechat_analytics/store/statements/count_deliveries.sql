-- Counts deliveries by receiver and state.
-- Frames: none. Parameters: none. One row per receiver and state.
SELECT receiver, state, count(*) FROM deliveries GROUP BY receiver, state ORDER BY receiver, state;
