-- Deletes the notes up to $noted on the granules in `sent`, and up to $noted_conversations on conversations.
-- Frames: sent. Parameters: $noted, $noted_conversations.
DELETE FROM unpublished
USING sent
WHERE unpublished.noted <= $noted
    AND unpublished.slot = sent.slot AND unpublished.conversation_key = sent.conversation_key;

DELETE FROM unpublished WHERE slot IS NULL AND noted <= $noted;

DELETE FROM unpublished_conversations WHERE noted <= $noted_conversations;
