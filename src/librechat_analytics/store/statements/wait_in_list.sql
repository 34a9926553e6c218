-- Takes at least $limit rows with heads below $before from the list of unattributed rows, newest first, for
-- attribute.sql. All rows with the same head come together.
-- Frames: none. Parameters: $before, $limit. Creates: waiting. One row: how many rows there are, and the range of their
-- heads.
CREATE OR REPLACE TEMP TABLE waiting AS
SELECT
    id_head, id_tail, created_at, message, conversation, unattributed.model, recorded_agent, tenant, spender,
    roots.id AS root, families.family
FROM unattributed
LEFT JOIN replies.families ON families.model = unattributed.model
LEFT JOIN conversations ON conversations.id = unattributed.conversation
LEFT JOIN conversations AS roots ON roots.key = conversations.root_key
WHERE id_head < $before AND id_head >= coalesce((
    SELECT min(id_head) FROM (
        SELECT id_head FROM unattributed WHERE id_head < $before
        ORDER BY id_head DESC LIMIT $limit
    ) AS newest
), 0);

SELECT count(*), min(id_head), max(id_head) FROM waiting;
