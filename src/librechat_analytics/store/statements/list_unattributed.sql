-- Lists at least $limit rows whose agent is not known yet, with heads below $before. All rows with the same head come
-- together. The last column is the conversation that the row's conversation counts with, NULL if not known yet.
-- Frames: none. Parameters: $before, $limit. One row per row, newest first.
SELECT
    id_head, id_tail, created_at, message, conversation, model, recorded_agent, tenant, spender, roots.id AS root
FROM unattributed
LEFT JOIN conversations ON conversations.id = unattributed.conversation
LEFT JOIN conversations AS roots ON roots.key = conversations.root_key
WHERE id_head < $before AND id_head >= coalesce((
    SELECT min(id_head) FROM (
        SELECT id_head FROM unattributed WHERE id_head < $before
        ORDER BY id_head DESC LIMIT $limit
    ) AS newest
), 0)
ORDER BY id_head DESC, id_tail DESC;
