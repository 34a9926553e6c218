-- Lists every name that lists show and filters accept, and the names in unattributed rows.
-- Frames: none. Parameters: none. One row per name; one may be NULL.
SELECT id FROM models
UNION SELECT agent FROM models
UNION SELECT id FROM contexts
UNION SELECT id FROM providers
UNION SELECT id FROM agents
UNION SELECT model FROM agents
UNION SELECT provider FROM agents
UNION SELECT provider FROM agent_versions
UNION SELECT role FROM users
UNION SELECT value FROM user_traits WHERE trait = 'role'
UNION SELECT model FROM unattributed
UNION SELECT recorded_agent FROM unattributed
UNION SELECT spender FROM unattributed;
