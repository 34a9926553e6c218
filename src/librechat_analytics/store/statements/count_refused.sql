-- Counts the refused rows by reason.
-- Frames: none. Parameters: none. One row per reason, the commonest first.
SELECT reason, count(*) FROM refused GROUP BY reason ORDER BY count(*) DESC, reason;
