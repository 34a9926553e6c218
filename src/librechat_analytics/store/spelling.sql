-- Functions under the names that the queries use. The queries are spelled so that DuckDB and ClickHouse can run them;
-- where the engines name a function differently, the queries use ClickHouse's name, and this file gives it to DuckDB.
-- The functions and the views are made in a database in memory each time the store is opened. So they are no part of
-- the store's file: they need no migration, and an older program can still open the file.
CREATE MACRO spelling.arrayConcat(first, second) AS list_concat(first, second);
CREATE MACRO spelling.arrayDistinct(list) AS list_distinct(list);
CREATE MACRO spelling.arrayJoin(list) AS unnest(list);
CREATE MACRO spelling.arraySlice(list, first, length) AS list_slice(list, first, first + length - 1);
CREATE MACRO spelling.arraySort(list) AS list_sort(list);
CREATE MACRO spelling.caseFold(text) AS replace(replace(lower(text), 'ß', 'ss'), 'ς', 'σ');
CREATE MACRO spelling.fold(text) AS -- noqa: LT01
    replace(replace(replace(replace(replace(replace(replace(replace(strip_accents(lower(text)),
        'ł', 'l'), 'ø', 'o'), 'đ', 'd'), 'ı', 'i'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'ς', 'σ');
CREATE MACRO spelling.fromUnixTimestamp64Milli(milliseconds) AS make_timestamp_ms(milliseconds);
CREATE MACRO spelling.groupArray(value) AS list(value);
CREATE MACRO spelling.groupUniqArray(value) AS list(DISTINCT value) FILTER (WHERE value IS NOT NULL);
CREATE MACRO spelling.has(list, value) AS list_contains(list, value);
CREATE MACRO spelling.hasWords(text, words) AS -- noqa: PRS, LT01
    coalesce(list_bool_and(list_transform(words, LAMBDA word: contains(text, word::VARCHAR))), true);
CREATE MACRO spelling.spaced(text) AS regexp_replace(' ' || text, '[^\pL\pN]+', ' ', 'g');
CREATE MACRO spelling.hasWordStarts(text, words) AS -- noqa: PRS, LT01
    spelling.hasWords(
        spelling.spaced(text), list_transform(words, LAMBDA word: spelling.spaced(word::VARCHAR))
    );
CREATE MACRO spelling.intDiv(dividend, divisor) AS dividend // divisor;
CREATE MACRO spelling.match(text, pattern) AS regexp_matches(text, pattern);
CREATE MACRO spelling.roundBankers(value) AS round_even(value, 0);
CREATE MACRO spelling.toInt128(value) AS value::HUGEINT;
CREATE MACRO spelling.toInt64(value) AS value::BIGINT;
CREATE MACRO spelling.toString(value) AS value::VARCHAR;
CREATE MACRO spelling.toUnixTimestamp64Milli(instant) AS epoch_ms(instant);
CREATE MACRO spelling.tuple -- noqa: LT01
    (a, b, c) AS row(a, b, c), -- noqa: PRS, LT01
    (a, b, c, d) AS row(a, b, c, d);

-- The users with the domain of their e-mail address: in lower case, NULL without a valid one. The engines take an
-- address apart by different functions.
CREATE VIEW spelling.people AS
SELECT *, nullif(lower(regexp_extract(email, '@([^@\p{Cc}]+)$', 1)), '') AS domain
FROM usage.users;

-- What a query reads instead of cells where an answer does not need them.
CREATE VIEW spelling.no_cells AS
SELECT
    0::UINTEGER AS user_key, 0::UINTEGER AS conversation_key, 0::UINTEGER AS ran_key, 0::UINTEGER AS context_key,
    0::UINTEGER AS agent_key, 'unknown'::usage.certainty AS certainty, 0::UINTEGER AS provider_key,
    0::UINTEGER AS tenant_key, 0::INTEGER AS calls, 0::HUGEINT AS cost_e6, 0::HUGEINT AS prompt_cost_e6,
    0::BIGINT AS last_at
WHERE false;

-- Each row of usage in the shape of a cell, for the rows that are not summed up.
CREATE VIEW spelling.single_cells AS
SELECT
    slot, created_at, user_key, conversation_key, model_key, ran_key, context_key, agent_key, certainty, provider_key,
    tenant_key, sentinel, positive_value, default_rate, agent_model, tokens <= 0 AS blank,
    CASE WHEN usage_type = 'prompt' AND NOT structured AND isfinite(rate) THEN rate END AS prompt_rate,
    CASE WHEN usage_type = 'completion' AND NOT structured AND isfinite(rate) THEN rate END AS completion_rate,
    1 AS documents,
    CASE WHEN usage_type = 'prompt' THEN 1 ELSE 0 END AS calls,
    CASE WHEN usage_type = 'prompt' AND structured THEN 1 ELSE 0 END AS cached_calls,
    cost_e6,
    CASE WHEN usage_type = 'prompt' THEN cost_e6 ELSE 0 END AS prompt_cost_e6,
    CASE WHEN usage_type = 'prompt' AND structured THEN cost_e6 ELSE 0 END AS cached_cost_e6,
    CASE WHEN usage_type = 'prompt' THEN tokens ELSE 0 END AS prompt_tokens,
    CASE WHEN usage_type = 'completion' THEN tokens ELSE 0 END AS completion_tokens,
    CASE WHEN usage_type = 'prompt' AND structured THEN tokens ELSE 0 END AS cached_tokens,
    cache_read_tokens, cache_write_tokens
FROM usage.usage;
