-- Adds alerts, what their receivers are sent, silences, and what an evaluation must know of the last one.
CREATE TABLE alerts (
    id VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    level INTEGER,
    opened_at TIMESTAMP NOT NULL,
    resolved_at TIMESTAMP,
    facts VARCHAR NOT NULL
);

CREATE TYPE delivery_occasion AS ENUM('opened', 'resolved');
CREATE TYPE delivery_state AS ENUM('waiting', 'sent', 'failed', 'dropped');
CREATE TABLE deliveries (
    alert_id VARCHAR NOT NULL,
    receiver VARCHAR NOT NULL,
    occasion delivery_occasion NOT NULL,
    state delivery_state NOT NULL,
    queued_at TIMESTAMP NOT NULL,
    next_try TIMESTAMP,
    attempts INTEGER NOT NULL,
    tried_at TIMESTAMP,
    last_answer VARCHAR
);

CREATE TABLE silences (
    rule VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    until TIMESTAMP NOT NULL,
    reason VARCHAR NOT NULL,
    silenced_at TIMESTAMP NOT NULL,
    silenced_by VARCHAR NOT NULL
);

CREATE TABLE evaluation_marks (name VARCHAR NOT NULL, value VARCHAR NOT NULL);
