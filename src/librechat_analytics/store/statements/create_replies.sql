-- Creates the tables for a dump's assistant messages and conversations, in a database in memory. `position` is a
-- document's place in the dump.
-- Frames: none. Parameters: none.
CREATE TABLE replies.messages (
    id VARCHAR NOT NULL,
    conversation VARCHAR,
    agent VARCHAR,
    endpoint VARCHAR,
    created_at TIMESTAMP NOT NULL,
    sender VARCHAR,
    tenant VARCHAR,
    position BIGINT NOT NULL
);

CREATE TABLE replies.conversations (
    id VARCHAR NOT NULL,
    endpoint VARCHAR,
    initial_agent VARCHAR,
    last_agent VARCHAR,
    root VARCHAR,                                   -- the conversation in which a subagent began this one
    tenant VARCHAR,
    position BIGINT NOT NULL
);
