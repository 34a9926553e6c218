-- Sums up what attribute.sql needs of a dump's messages and conversations, and of the agents as they are now.
-- `known_providers` (endpoint, provider) has the endpoints that are not named after their provider, `known_families`
-- (model, provider) the providers that the names of waiting rows' models show.
-- Frames: known_providers, known_families. Parameters: none.

-- A message is conclusive if it shows which agent replied, or that none did. Of those, a conversation's first and last
-- one are kept; messages of the same instant come in the order of the dump.
CREATE OR REPLACE TABLE replies.threads AS
SELECT
    conversation AS id,
    CASE WHEN NOT in_several_tenants THEN tenant END AS tenant,
    in_several_tenants, conclusive > 0 AS is_conclusive, agents = 1 AS has_one_agent,
    struct_extract(first_one, 'agent') AS first_agent, struct_extract(first_one, 'endpoint') AS first_endpoint,
    struct_extract(last_one, 'agent') AS last_agent, struct_extract(last_one, 'endpoint') AS last_endpoint
FROM (
    SELECT
        conversation,
        count(DISTINCT coalesce(tenant, '')) > 1 AS in_several_tenants,
        any_value(tenant) AS tenant,
        count(*) FILTER (is_conclusive) AS conclusive,
        count(DISTINCT coalesce(agent, '')) FILTER (is_conclusive) AS agents,
        arg_min({ 'agent': agent, 'endpoint': endpoint }, place) FILTER (is_conclusive) AS first_one,
        arg_max({ 'agent': agent, 'endpoint': endpoint }, place) FILTER (is_conclusive) AS last_one
    FROM (
        SELECT
            conversation, tenant, agent, endpoint, row(created_at, position) AS place,
            (agent IS NOT NULL OR endpoint IS DISTINCT FROM 'agents') AS is_conclusive
        FROM replies.messages
        WHERE conversation IS NOT NULL
    ) AS each_one
    GROUP BY conversation
) AS summed_up;

-- The conclusive messages of conversations with several agents, one for each instant.
CREATE OR REPLACE TABLE replies.turns AS
SELECT
    conversation, created_at, struct_extract(first_one, 'agent') AS agent,
    struct_extract(first_one, 'endpoint') AS endpoint
FROM (
    SELECT
        conversation, created_at, arg_min({ 'agent': agent, 'endpoint': endpoint }, position) AS first_one
    FROM replies.messages
    SEMI JOIN (
        SELECT id FROM replies.threads WHERE is_conclusive AND NOT has_one_agent
    ) AS mixed ON mixed.id = messages.conversation
    WHERE agent IS NOT NULL OR endpoint IS DISTINCT FROM 'agents'
    GROUP BY conversation, created_at
) AS each_instant;

-- The names under which agents replied, except agents whose names are known anyway.
CREATE OR REPLACE TABLE replies.senders AS
SELECT conversation, agent, arg_max(sender, row(created_at, position)) AS sender
FROM replies.messages
ANTI JOIN (
    SELECT id FROM agents GROUP BY id
    HAVING bool_and(labelled) AND bool_or(tenant IS NULL AND deleted_at IS NULL)
) AS named ON named.id = messages.agent
WHERE agent IS NOT NULL AND sender IS NOT NULL AND conversation IS NOT NULL
GROUP BY conversation, agent;

CREATE OR REPLACE TABLE replies.message_hashes AS
SELECT hash(id) AS hash, position FROM replies.messages;

-- Conversations whose root was itself begun by a subagent.
CREATE OR REPLACE TABLE replies.chained AS
SELECT DISTINCT below.id
FROM replies.conversations AS below
JOIN replies.conversations AS above ON above.id = below.root
WHERE below.root <> below.id AND above.root <> above.id;

CREATE OR REPLACE TABLE replies.agents AS
SELECT
    id, count(*) > 1 AS in_several_tenants,
    CASE WHEN count(*) = 1 THEN any_value(tenant) END AS tenant,
    CASE WHEN count(*) = 1 THEN any_value(key) END AS key,
    CASE WHEN count(*) = 1 THEN any_value(provider) END AS provider
FROM agents
GROUP BY id;

CREATE OR REPLACE TABLE replies.agent_versions AS
SELECT agent_key, since, until, provider FROM agent_versions WHERE provider IS NOT NULL;

CREATE OR REPLACE TABLE replies.endpoint_providers AS
SELECT endpoint, provider FROM known_providers;

CREATE OR REPLACE TABLE replies.families AS SELECT model, provider AS family FROM known_families;
