-- The findings that concern single rows of usage: no price, no model, no user, an uncertain agent ...
-- Reads: judged. Parameters: none. One row per finding and its detail, highest cost first.
WITH
found AS (
    SELECT
        arrayJoin([
            CASE WHEN unpriced THEN 'default-rate' END,
            CASE WHEN agent_model THEN 'agent-as-model' END,
            CASE WHEN no_model THEN 'no-model' END,
            CASE WHEN incomplete THEN 'incomplete' END,
            CASE WHEN sentinel THEN 'sentinel-rate' END,
            CASE WHEN positive_value AND NOT sentinel THEN 'positive-value' END,
            CASE WHEN no_user THEN 'no-user' END,
            CASE WHEN certainty = 'unknown' THEN 'unknown-agent' END,
            CASE WHEN certainty IN ('nearest', 'weak') THEN 'likely-agent' END
        ]) AS code,
        recorded_model, recorded_agent, documents, tokens, cost_e6, first_at, last_at
    FROM judged
)
SELECT
    code,
    CASE WHEN code IN ('default-rate', 'agent-as-model', 'sentinel-rate', 'positive-value') THEN recorded_model END
        AS detail,
    -- The recorded model of parallel agents has a suffix that their page does not know.
    CASE code WHEN 'default-rate' THEN recorded_model WHEN 'agent-as-model' THEN recorded_agent END AS subject,
    sum(found.documents) AS documents, sum(found.tokens) AS tokens, sum(found.cost_e6) AS cost_e6,
    fromUnixTimestamp64Milli(min(found.first_at)) AS first, fromUnixTimestamp64Milli(max(found.last_at)) AS last
FROM found
WHERE code IS NOT NULL
GROUP BY ALL
ORDER BY code, sum(found.cost_e6) DESC, detail
