SELECT agent_key, model, certainty, sum(cost_e6) AS cost_e6, count(*) AS documents
FROM ran
WHERE agent_key IN (SELECT unnest($agent_keys))
GROUP BY ALL
