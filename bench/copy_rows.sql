-- Writes the rows of all copies of the sample whose dates fall between two instants, in order of time.
-- bunches: the rows that move together, which are those of a conversation, or a user's rows without one
-- planned, moves: by how many seconds each bunch of each copy moves; moves end in time
--
-- Conversations move by whole seconds, because one finding compares rows of the same second. A conversation with an
-- agent's id as the model does not move, because its model depends on when the agent's versions changed.
-- Reads: sample.transactions. Parameters: $copies, $users, $conversations (the highest keys of the sample), $start,
-- $end, $began, $until (in seconds since 1970), $weeks, $latest_first_week, $early_last_week.
INSERT INTO transactions
WITH bunches AS (
    SELECT
        coalesce(conversation_key::BIGINT, -user_key::BIGINT, 0) AS bunch,
        epoch_ms(min(created_at)) // 1000 AS first, epoch_ms(max(created_at)) // 1000 AS last,
        greatest(0, (epoch_ms(min(created_at)) // 1000 - $began) // 604800) AS week,
        bool_or(agent_model) AS fixed
    FROM sample.transactions
    GROUP BY bunch
),
copies AS (
    SELECT
        copy, copy * $latest_first_week // $copies AS first_week,
        CASE WHEN copy % 5 = 4 THEN $early_last_week ELSE $weeks END AS last_week
    FROM (SELECT unnest(range($copies)) AS copy)
),
planned AS (
    SELECT
        copy, bunch, first, last, fixed,
        604800 * (first_week + week * (last_week - first_week) // $weeks - week)
        + (abs(bunch) * 7919 + copy * 104729) % 3600 - 1800 AS seconds
    FROM bunches CROSS JOIN copies
),
moves AS (
    SELECT
        copy, bunch, first, last,
        CASE
            WHEN fixed THEN 0
            ELSE seconds - 604800 * greatest(0, (last + seconds - $until + 604800) // 604800)
        END AS seconds
    FROM planned
)
SELECT held.* REPLACE (
    (id_head + seconds * 4294967296)::UBIGINT AS id_head,
    ((id_tail + copy * 2654435761) % 4294967296)::UINTEGER AS id_tail,
    created_at + to_seconds(seconds) AS created_at,
    epoch_ms(created_at + to_seconds(seconds)) // 900000 AS slot,
    user_key + copy * $users AS user_key,
    conversation_key + copy * $conversations AS conversation_key
)
FROM sample.transactions AS held
JOIN moves
    ON moves.bunch = coalesce(held.conversation_key::BIGINT, -held.user_key::BIGINT, 0)
    AND first + seconds < $end AND last + seconds >= $start
WHERE epoch_ms(created_at) // 1000 + seconds >= $start AND epoch_ms(created_at) // 1000 + seconds < $end
ORDER BY created_at + to_seconds(seconds), id_head + seconds * 4294967296, id_tail;
