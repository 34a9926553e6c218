-- The relations that the queries about a period read. The composer puts these steps before a query's own steps and
-- replaces the names in braces: {rows} by usage or not_usage, {row_conditions} by the period and the chosen filters,
-- {model_condition} by the filter for models, {selected_rows} by dated, or by ran if a model is chosen.
--
-- not_usage: rows of other token types, with their cost   named, ran: dated rows with ran_key, the model that ran
-- dated: the rows of the period that meet the filters     selected: the rows that the query is about
-- judged: selected rows grouped by everything that makes their figures uncertain
--
-- Python adds these tables where a query needs them:
-- slots (slot, bucket): the bucket of each slot           listed: list prices by model, time and size of the prompt
-- hours (slot, hour_of_week): counted from Monday 0:00    plain_rates: the rows of plain_rates.sql
--
-- Reads: transactions, {rows}, {selected_rows}, models, agents, agent_versions, tenants, contexts. Parameters: none.
-- One row per selected row.
WITH
not_usage AS NOT MATERIALIZED (
    SELECT *, CASE WHEN sentinel OR positive_value THEN 0 ELSE credits_e6 END AS cost_e6
    FROM transactions
    WHERE usage_type = 'other'
),
dated AS NOT MATERIALIZED (
    SELECT * FROM "{rows}" WHERE "{row_conditions}"
),
-- LibreChat v0.7.9 to v0.8.3-rc1 recorded an agent's id as the model. Then the model that ran is the agent's model at
-- that time, or its current or last known model, or else the recorded id.
named AS NOT MATERIALIZED (
    SELECT dated.*, model_key AS ran_key
    FROM dated
    WHERE NOT agent_model
    UNION ALL
    SELECT dated.*, coalesce(agent_versions.model_key, agents.model_key, shown.key) AS ran_key
    FROM dated
    JOIN models ON models.key = dated.model_key
    JOIN models AS shown ON shown.id = models.agent
    -- Agents of several tenants may share an id. statements/name_agents.sql chooses among them by the same rule.
    LEFT JOIN agents AS found ON found.key = dated.agent_key AND found.id = models.agent
    LEFT JOIN tenants ON tenants.key = dated.tenant_key
    LEFT JOIN agents AS own ON own.id = models.agent AND own.tenant IS NOT DISTINCT FROM tenants.id
    LEFT JOIN (
        SELECT id, any_value(key) AS key FROM agents
        WHERE labelled AND deleted_at IS NULL
        GROUP BY id HAVING count(*) = 1
    ) AS only_one ON only_one.id = models.agent
    LEFT JOIN agents AS shared
        ON shared.id = models.agent AND shared.tenant IS NULL
        AND shared.labelled AND shared.deleted_at IS NULL
    LEFT JOIN agents ON agents.key = coalesce(
        found.key, own.key, CASE WHEN dated.tenant_key IS NULL THEN only_one.key ELSE shared.key END
    )
    LEFT JOIN agent_versions
        ON agent_versions.agent_key = agents.key
        AND dated.created_at >= agent_versions.since AND dated.created_at < agent_versions.until
    WHERE dated.agent_model
),
ran AS NOT MATERIALIZED (
    SELECT * FROM named WHERE "{model_condition}"
),
selected AS NOT MATERIALIZED (
    SELECT * FROM "{selected_rows}"
),
-- Grouped by keys before the names are joined, because joining names to each row would cost more.
judged AS NOT MATERIALIZED (
    SELECT
        alike.*, models.id AS recorded_model, models.agent AS recorded_agent,
        alike.model_key IS NULL AS no_model,
        default_rate AND coalesce(models.unpriced, false) AS unpriced,
        coalesce(contexts.id = 'incomplete', false) AS incomplete
    FROM (
        SELECT
            model_key, context_key, user_key IS NULL AS no_user, certainty,
            default_rate, agent_model, sentinel, positive_value,
            count(*) AS documents, sum(tokens) AS tokens, sum(cost_e6) AS cost_e6,
            min(created_at) AS first, max(created_at) AS last
        FROM selected
        GROUP BY ALL
    ) AS alike
    LEFT JOIN models ON models.key = alike.model_key
    LEFT JOIN contexts ON contexts.key = alike.context_key
)
SELECT * FROM selected
