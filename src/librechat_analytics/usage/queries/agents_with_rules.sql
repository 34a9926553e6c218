-- The agents that rules of cost centres name. Several tenants may have an agent with the same id.
-- Reads: agents, subjects. Parameters: none. One row per agent.
SELECT key, id FROM agents WHERE id IN (SELECT name FROM subjects WHERE who = 'agent')
