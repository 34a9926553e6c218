-- Finds the agents of the rows in `waiting`, by the rules of librechat/agents.py and sync/evidence.py. Rows `in_doubt`
-- are left to Python. Ids are unique within a tenant only, so a row reads a document of its own
-- tenant or of none; a row without a tenant reads the only document with its id.
-- Frames: none. Parameters: $all_unsure, $single_family, $all_final, $final_before.
-- Creates: places, own, talks, threads, clues, turns, nearest, attributed, roots.

-- The messages that rows name. Hashes find their places, because ids would take five times the memory and time.
CREATE OR REPLACE TEMP TABLE places AS
SELECT position FROM replies.message_hashes
SEMI JOIN (SELECT hash(message) AS hash FROM waiting WHERE message IS NOT NULL) AS named USING (hash);

CREATE OR REPLACE TEMP TABLE own AS
SELECT
    id, count(*) > 1 AS is_repeated, any_value(agent) AS agent, any_value(endpoint) AS endpoint,
    any_value(sender) AS sender, CASE WHEN count(*) = 1 THEN any_value(tenant) END AS tenant
FROM replies.messages
SEMI JOIN places USING (position)
SEMI JOIN (SELECT message FROM waiting WHERE message IS NOT NULL) AS named ON named.message = messages.id
GROUP BY id;

-- The conversations of the rows.
CREATE OR REPLACE TEMP TABLE talks AS
SELECT
    id, count(*) > 1 AS is_repeated, any_value(endpoint) AS endpoint,
    coalesce(any_value(initial_agent), any_value(last_agent)) AS agent,
    coalesce(any_value(root), id) AS root, id IN (SELECT chained.id FROM replies.chained) AS is_chained,
    CASE WHEN count(*) = 1 THEN any_value(tenant) END AS tenant
FROM replies.conversations
SEMI JOIN (SELECT conversation FROM waiting WHERE conversation IS NOT NULL) AS named
    ON named.conversation = conversations.id
GROUP BY id;

-- Of what the dump has, the joins below get only what these rows need: a join copies its right side.
CREATE OR REPLACE TEMP TABLE threads AS
SELECT threads.* FROM replies.threads
SEMI JOIN (SELECT conversation FROM waiting WHERE conversation IS NOT NULL) AS named
    ON named.conversation = threads.id;

CREATE OR REPLACE TEMP TABLE clues AS
SELECT
    id_head, id_tail, created_at, conversation, recorded_agent, waiting.tenant, spender, family, waiting.root,
    coalesce(waiting.root, talks.root) AS known_root,
    own.agent AS own_agent, own.endpoint AS own_endpoint, own.sender AS own_sender,
    own.id IS NOT NULL AND (own.agent IS NOT NULL OR own.endpoint IS DISTINCT FROM 'agents') AS is_conclusive,
    coalesce(threads.is_conclusive, false) AS has_thread, threads.has_one_agent,
    threads.first_agent, threads.first_endpoint, threads.last_agent, threads.last_endpoint,
    talks.agent AS talk_agent, talks.endpoint AS talk_endpoint,
    $all_unsure OR coalesce(own.is_repeated, false) OR coalesce(threads.in_several_tenants, false)
    OR coalesce(talks.is_repeated, false) OR waiting.root IS NULL AND coalesce(talks.is_chained, false) AS is_unsure
FROM waiting
LEFT JOIN own
    ON own.id = waiting.message
    AND (own.tenant IS NULL OR waiting.tenant IS NULL OR own.tenant = waiting.tenant)
LEFT JOIN threads
    ON threads.id = waiting.conversation
    AND (threads.tenant IS NULL OR waiting.tenant IS NULL OR threads.tenant = waiting.tenant)
LEFT JOIN talks
    ON talks.id = waiting.conversation
    AND (talks.tenant IS NULL OR waiting.tenant IS NULL OR talks.tenant = waiting.tenant);

CREATE OR REPLACE TEMP TABLE turns AS
SELECT turns.* FROM replies.turns
SEMI JOIN (SELECT id FROM threads WHERE is_conclusive AND NOT has_one_agent) AS mixed ON mixed.id = turns.conversation;

-- The messages that were saved next, in conversations with several agents.
CREATE OR REPLACE TEMP TABLE nearest AS
SELECT
    opened.id_head, opened.id_tail, true AS is_found, turns.agent AS next_agent, turns.endpoint AS next_endpoint
FROM (
    SELECT id_head, id_tail, conversation, created_at FROM clues
    WHERE recorded_agent IS NULL AND NOT is_conclusive AND has_thread AND NOT has_one_agent
) AS opened
ASOF JOIN turns ON turns.conversation = opened.conversation AND turns.created_at >= opened.created_at;

CREATE OR REPLACE TEMP TABLE attributed AS
WITH told AS (
    SELECT
        clues.*,
        CASE
            WHEN recorded_agent IS NOT NULL THEN nullif(recorded_agent, '')
            WHEN is_conclusive THEN own_agent
            WHEN has_thread AND has_one_agent THEN first_agent
            WHEN has_thread THEN CASE WHEN is_found THEN next_agent ELSE last_agent END
            ELSE talk_agent
        END AS agent,
        CASE
            WHEN recorded_agent IS NOT NULL OR is_conclusive THEN 'exact'
            WHEN has_thread AND has_one_agent THEN 'conversation'
            WHEN has_thread THEN 'nearest'
            WHEN talk_agent IS NOT NULL THEN 'weak'
            ELSE 'unknown'
        END AS certainty,
        CASE
            WHEN recorded_agent IS NOT NULL THEN coalesce(own_endpoint, talk_endpoint, last_endpoint)
            WHEN is_conclusive THEN own_endpoint
            WHEN has_thread AND has_one_agent THEN first_endpoint
            WHEN has_thread THEN CASE WHEN is_found THEN next_endpoint ELSE last_endpoint END
            ELSE coalesce(own_endpoint, talk_endpoint)
        END AS endpoint
    FROM clues LEFT JOIN nearest USING (id_head, id_tail)
),

ran AS (
    SELECT
        told.*, coalesce(spender_then.provider, spenders.provider) AS spent_at,
        coalesce(agent_then.provider, agents.provider) AS ran_at,
        is_unsure OR coalesce(agents.in_several_tenants, false) OR coalesce(spenders.in_several_tenants, false)
        OR certainty = 'unknown' AND coalesce(known_root <> told.conversation, false) AS in_doubt
    FROM told
    LEFT JOIN replies.agents
        ON agents.id = told.agent
        AND (agents.tenant IS NULL OR told.tenant IS NULL OR agents.tenant = told.tenant)
    LEFT JOIN replies.agent_versions AS agent_then
        ON agent_then.agent_key = agents.key
        AND agent_then.since <= told.created_at AND told.created_at < agent_then.until
    LEFT JOIN replies.agents AS spenders
        ON spenders.id = told.spender
        AND (spenders.tenant IS NULL OR told.tenant IS NULL OR spenders.tenant = told.tenant)
    LEFT JOIN replies.agent_versions AS spender_then
        ON spender_then.agent_key = spenders.key
        AND spender_then.since <= told.created_at AND told.created_at < spender_then.until
),

named AS (
    SELECT
        ran.*,
        CASE
            WHEN spent_at IS NOT NULL THEN spent_at
            WHEN ran.endpoint IS NULL OR ran.endpoint = 'agents' THEN ran_at
            ELSE coalesce(endpoint_providers.provider, ran.endpoint)
        END AS provider
    FROM ran LEFT JOIN replies.endpoint_providers USING (endpoint)
)

SELECT
    id_head, id_tail, created_at, named.conversation, tenant, root, known_root, named.agent, certainty, endpoint,
    coalesce(endpoint <> 'agents', false) AS by_endpoint, in_doubt,
    certainty = 'exact' OR $all_final OR certainty <> 'unknown' AND created_at < $final_before AS final,
    CASE
        WHEN certainty <> 'weak'
            THEN coalesce(CASE WHEN own_agent = named.agent THEN own_sender END, senders.sender)
    END AS sender,
    CASE
        WHEN provider IS NULL OR list_contains($single_family, provider) AND family <> provider THEN family
        ELSE provider
    END AS provider
FROM named
LEFT JOIN replies.senders
    ON named.has_thread AND senders.conversation = named.conversation AND senders.agent = named.agent;

CREATE OR REPLACE TEMP TABLE roots AS
SELECT DISTINCT conversation AS id, known_root AS root
FROM attributed WHERE NOT in_doubt AND root IS NULL AND known_root IS NOT NULL;

DROP TABLE nearest;
DROP TABLE turns;
DROP TABLE clues;
DROP TABLE threads;
DROP TABLE talks;
DROP TABLE own;
DROP TABLE places;
