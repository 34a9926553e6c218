-- Usage with the cost centre that pays for it. The composer puts these steps before all others where a filter, a scope
-- or the query itself asks for cost centres, and replaces {plain_rows} by plain_rows or plain_other_rows.
--
-- A row has the cost centre that its agent has at its date, else the one that its user has. Cells have the cost centre
-- of their slot. Where rows of a slot have to be told apart, or are split between cost centres, no cell is read, but
-- each row (`singly`). Of a row that is split there is one part for each cost centre; the main part alone counts.
--
-- Python adds these tables:
-- agent_slots, user_slots: the cost centre by agent or user and slots, and whether rows are read singly
-- agent_spans, user_spans: the assignment by agent or user and time
-- shares: the parts of each assignment
-- None of their columns has the name of a column of usage: ClickHouse would give `rows.*` other names.
--
-- Reads: plain_cells, plain_rows, {plain_rows}, agent_slots, user_slots, agent_spans, user_spans, shares.
-- Parameters: none. One row per part of a row.
WITH
assigned_cells AS NOT MATERIALIZED (
    SELECT
        cells.* REPLACE (
            coalesce(agent_slots.payer_key, user_slots.payer_key, 0) AS center_key,
            agent_slots.owner_key IS NULL AND coalesce(user_slots.between_groups, false) AS in_several,
            agent_slots.owner_key IS NULL AND coalesce(user_slots.is_assumed, false) AS assumed
        )
    FROM plain_cells AS cells
    LEFT JOIN agent_slots
        ON agent_slots.owner_key = cells.agent_key
        AND cells.slot >= agent_slots.first_slot AND cells.slot < agent_slots.end_slot
    LEFT JOIN user_slots
        ON user_slots.owner_key = cells.user_key
        AND cells.slot >= user_slots.first_slot AND cells.slot < user_slots.end_slot
    WHERE NOT coalesce(agent_slots.row_by_row, user_slots.row_by_row, false)
),
-- All rows, and once more those that no cell stands for.
told_apart AS NOT MATERIALIZED (
    SELECT * FROM "{plain_rows}"
    UNION ALL
    SELECT rows.* REPLACE (true AS singly)
    FROM plain_rows AS rows
    JOIN agent_slots
        ON agent_slots.owner_key = rows.agent_key
        AND rows.slot >= agent_slots.first_slot AND rows.slot < agent_slots.end_slot
    WHERE agent_slots.row_by_row
    UNION ALL
    SELECT rows.* REPLACE (true AS singly)
    FROM plain_rows AS rows
    JOIN user_slots
        ON user_slots.owner_key = rows.user_key
        AND rows.slot >= user_slots.first_slot AND rows.slot < user_slots.end_slot
    LEFT JOIN agent_slots
        ON agent_slots.owner_key = rows.agent_key
        AND rows.slot >= agent_slots.first_slot AND rows.slot < agent_slots.end_slot
    WHERE user_slots.row_by_row AND agent_slots.owner_key IS NULL
),
with_assignment AS NOT MATERIALIZED (
    SELECT
        rows.* REPLACE (agent_spans.owner_key IS NULL AND coalesce(user_spans.is_assumed, false) AS assumed),
        coalesce(agent_spans.assignment, user_spans.assignment) AS assignment_key
    FROM told_apart AS rows
    LEFT JOIN agent_spans
        ON agent_spans.owner_key = rows.agent_key
        AND rows.created_at >= agent_spans.since AND rows.created_at < agent_spans.until
    LEFT JOIN user_spans
        ON user_spans.owner_key = rows.user_key
        AND rows.created_at >= user_spans.since AND rows.created_at < user_spans.until
),
assigned_rows AS NOT MATERIALIZED (
    SELECT
        rows.* REPLACE (
            partOf(cost_e6, share, whole, others) AS cost_e6,
            partOf(tokens, share, whole, others) AS tokens,
            partOf(cache_read_tokens, share, whole, others) AS cache_read_tokens,
            partOf(cache_write_tokens, share, whole, others) AS cache_write_tokens,
            CASE WHEN coalesce(is_main, true) THEN documents ELSE 0 END AS documents,
            CASE WHEN coalesce(is_main, true) THEN counted_user_key END AS counted_user_key,
            CASE WHEN coalesce(is_main, true) THEN counted_conversation_key END AS counted_conversation_key,
            coalesce(shares.payer_key, 0) AS center_key,
            shares.assignment IS NOT NULL AND shares.payer_key = 0 AS in_several
        )
    FROM with_assignment AS rows
    LEFT JOIN shares ON shares.assignment = rows.assignment_key
)
SELECT * FROM assigned_rows
