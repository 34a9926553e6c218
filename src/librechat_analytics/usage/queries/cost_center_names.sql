-- The cost centres that the rules name. A reader with a scope sees those that pay for any of the usage they may see.
-- Reads: seen_usage, centers. Parameters: none. One row per cost centre, by name.
SELECT name
FROM centers
WHERE NOT "{is_scoped}" OR key IN (SELECT center_key FROM seen_usage)
ORDER BY name
