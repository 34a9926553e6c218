-- Functions and relations that the queries find beside the tables, as ../spelling.sql gives them to DuckDB. ClickHouse
-- holds none of them: snapshots.py puts what a query names before it, as steps of its WITH. So programs of different
-- versions can read the same tables.
-- noqa: disable=PRS
CREATE FUNCTION lower AS (text) -> lowerUTF8(replaceAll(replaceAll(text, 'İ', 'i'), 'Σ', 'σ'));
CREATE FUNCTION caseFold AS (text) -> replaceAll(replaceAll(lower(text), 'ß', 'ss'), 'ς', 'σ');
CREATE FUNCTION strip_accents AS (text) -> normalizeUTF8NFC(replaceRegexpAll(normalizeUTF8NFD(text), '\\p{M}+', ''));
CREATE FUNCTION fold AS (text) ->
    replaceAll(replaceAll(replaceAll(replaceAll(replaceAll(replaceAll(replaceAll(replaceAll(strip_accents(lower(text)),
        'ł', 'l'), 'ø', 'o'), 'đ', 'd'), 'ı', 'i'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'ς', 'σ');
CREATE FUNCTION hasWords AS (text, words) -> arrayAll(word -> ifNull(position(text, word) > 0, true), words);
CREATE FUNCTION spaced AS (text) -> replaceRegexpAll(concat(' ', text), '[^\\pL\\pN]+', ' ');
CREATE FUNCTION hasWordStarts AS (text, words) -> hasWords(spaced(text), arrayMap(word -> spaced(word), words));
-- The first of some edges in ascending order that a value is below.
CREATE FUNCTION firstAbove AS (edges, value) -> arrayFirstOrNull(edge -> value < edge, edges);
-- The least value that a percentage of all values does not exceed.
CREATE FUNCTION quantileDisc AS (value, percent) ->
    arrayElementOrNull(arraySort(groupArray(value)), intDiv(percent * count(value) + 99, 100));
CREATE FUNCTION floorDiv AS (dividend, divisor) ->
    intDiv(dividend - CASE WHEN dividend < 0 THEN divisor - 1 ELSE 0 END, divisor);
-- One part of an amount: a share of the whole, rounded down, or what the other shares leave of it.
CREATE FUNCTION partOf AS (amount, share, whole, others) ->
    CASE
        WHEN share IS NULL OR share = whole THEN amount
        WHEN length(others) = 0 THEN floorDiv(amount * ifNull(share, 1), ifNull(whole, 1))
        ELSE amount - arraySum(arrayMap(other -> floorDiv(amount * other, ifNull(whole, 1)), others))
    END;

CREATE VIEW people AS
SELECT *, nullIf(lower(extract(email, '@([^@\\p{Cc}]+)$')), '') AS domain
FROM users;

-- Usage, other rows and cells as ../spelling.sql describes them. Tokens are as wide as sums of them.
CREATE VIEW plain_rows AS
SELECT
    id_head, id_tail, created_at, slot, user_key, conversation_key, model_key, context_key, usage_type, rate,
    toInt128(transactions.tokens) AS tokens, toInt128(transactions.cache_read_tokens) AS cache_read_tokens,
    toInt128(transactions.cache_write_tokens) AS cache_write_tokens, structured, sentinel, positive_value,
    default_rate, agent_model, agent_key, certainty, provider_key, tenant_key, ran_key, paired,
    CASE WHEN sentinel OR positive_value THEN 0 ELSE credits_e6 END AS cost_e6, CAST(NULL AS Nullable(String)) AS other_token_type,
    toInt64(1) AS documents, toInt128(transactions.tokens) AS whole_tokens,
    toInt128(transactions.tokens) - transactions.cache_read_tokens - transactions.cache_write_tokens AS whole_fresh_tokens,
    user_key AS counted_user_key, conversation_key AS counted_conversation_key,
    toInt32(0) AS center_key, false AS in_several, false AS assumed, false AS singly
FROM transactions
WHERE usage_type <> 'other';

CREATE VIEW plain_other_rows AS
SELECT
    id_head, id_tail, created_at, slot, user_key, conversation_key, model_key, context_key, usage_type, rate,
    toInt128(transactions.tokens) AS tokens, toInt128(transactions.cache_read_tokens) AS cache_read_tokens,
    toInt128(transactions.cache_write_tokens) AS cache_write_tokens, structured, sentinel, positive_value,
    default_rate, agent_model, agent_key, certainty, provider_key, tenant_key, ran_key, paired,
    CASE WHEN sentinel OR positive_value THEN 0 ELSE credits_e6 END AS cost_e6, other_token_type,
    toInt64(1) AS documents, toInt128(transactions.tokens) AS whole_tokens,
    toInt128(transactions.tokens) AS whole_fresh_tokens,
    user_key AS counted_user_key, conversation_key AS counted_conversation_key,
    toInt32(0) AS center_key, false AS in_several, false AS assumed, false AS singly
FROM transactions
WHERE usage_type = 'other';

CREATE VIEW plain_cells AS
SELECT
    *, user_key AS counted_user_key, conversation_key AS counted_conversation_key,
    toInt32(0) AS center_key, false AS in_several, false AS assumed
FROM cells;

-- What a query reads instead of cells where an answer does not need them.
CREATE VIEW no_cells AS
SELECT
    CAST(NULL AS Nullable(UInt32)) AS user_key, CAST(NULL AS Nullable(UInt32)) AS conversation_key,
    CAST(NULL AS Nullable(UInt32)) AS ran_key, CAST(NULL AS Nullable(UInt32)) AS context_key,
    CAST(NULL AS Nullable(UInt32)) AS agent_key, 'unknown' AS certainty, CAST(NULL AS Nullable(UInt32)) AS provider_key,
    CAST(NULL AS Nullable(UInt32)) AS tenant_key, toInt32(0) AS calls, toInt128(0) AS cost_e6,
    toInt128(0) AS prompt_cost_e6, toInt64(0) AS last_at, CAST(NULL AS Nullable(UInt32)) AS counted_user_key,
    CAST(NULL AS Nullable(UInt32)) AS counted_conversation_key, toInt32(0) AS center_key
FROM system.one
WHERE false;
