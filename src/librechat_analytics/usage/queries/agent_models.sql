SELECT ran.agent_key, any_value(models.id) AS model, certainty, sum(cost_e6) AS cost_e6, count(*) AS documents
FROM ran LEFT JOIN models ON models.key = ran.ran_key
WHERE ran.agent_key IN (SELECT unnest($agent_keys))
GROUP BY ran.agent_key, ran.ran_key, certainty
