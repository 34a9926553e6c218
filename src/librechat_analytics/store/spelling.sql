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
CREATE MACRO spelling.cityHash64(value) AS hash(value);
CREATE MACRO spelling.fold(text) AS -- noqa: LT01
    replace(replace(replace(replace(replace(replace(replace(replace(strip_accents(lower(text)),
        'ł', 'l'), 'ø', 'o'), 'đ', 'd'), 'ı', 'i'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'ς', 'σ');
-- The first of some edges in ascending order that a value is below.
CREATE MACRO spelling.firstAbove(edges, value) AS list_min(list_filter(edges, LAMBDA edge: value < edge)); -- noqa: PRS
CREATE MACRO spelling.floorDiv(dividend, divisor) AS
    (dividend - CASE WHEN dividend < 0 THEN divisor - 1 ELSE 0 END) // divisor;
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
-- One part of an amount: a share of the whole, rounded down, or what the other shares leave of it.
CREATE MACRO spelling.partOf(amount, share, whole, others) AS -- noqa: PRS, LT01
    CASE
        WHEN share IS NULL OR share = whole THEN amount::HUGEINT
        WHEN length(others) = 0 THEN spelling.floorDiv(amount::HUGEINT * share, whole)
        WHEN length(others) = 1 THEN amount::HUGEINT - spelling.floorDiv(amount::HUGEINT * others[1], whole)
        ELSE amount::HUGEINT - list_sum(
            list_transform(others, LAMBDA other: spelling.floorDiv(amount::HUGEINT * other, whole))
        )
    END;
-- The least value that a percentage of all values does not exceed.
CREATE MACRO spelling.quantileDisc(value, percent) AS quantile_disc(value, percent / 100);
CREATE MACRO spelling.roundBankers(value) AS round_even(value, 0);
CREATE MACRO spelling.toBool(value) AS value::BOOLEAN;
CREATE MACRO spelling.toFloat64(value) AS value::DOUBLE;
CREATE MACRO spelling.toInt128(value) AS value::HUGEINT;
CREATE MACRO spelling.toInt64(value) AS value::BIGINT;
CREATE MACRO spelling.toString(value) AS value::VARCHAR;
CREATE MACRO spelling.toUnixTimestamp64Micro(instant) AS epoch_us(instant);
CREATE MACRO spelling.toUnixTimestamp64Milli(instant) AS epoch_ms(instant);
CREATE MACRO spelling.tuple -- noqa: LT01
    (a, b) AS row(a, b), -- noqa: PRS, LT01
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
    0::BIGINT AS last_at, 0::UINTEGER AS counted_user_key, 0::UINTEGER AS counted_conversation_key,
    0::INTEGER AS center_key
WHERE false;

-- Usage, other rows and cells as they are before cost centres take their parts: whole, and without a cost centre
-- (key 0). Of a row that is split between cost centres, one part alone has documents and counts as its user's and its
-- conversation's; whole_tokens and whole_fresh_tokens stay those of the row.
CREATE VIEW spelling.plain_rows AS
SELECT
    *, NULL::VARCHAR AS other_token_type,
    1 AS documents, tokens AS whole_tokens, tokens::HUGEINT - cache_read_tokens - cache_write_tokens AS whole_fresh_tokens,
    user_key AS counted_user_key, conversation_key AS counted_conversation_key,
    0 AS center_key, false AS in_several, false AS assumed, false AS singly
FROM usage.usage;

CREATE VIEW spelling.plain_other_rows AS
SELECT
    id_head, id_tail, created_at, slot, user_key, conversation_key, model_key, context_key, usage_type, rate, tokens,
    cache_read_tokens, cache_write_tokens, structured, sentinel, positive_value, default_rate, agent_model,
    agent_key, certainty, provider_key, tenant_key, ran_key, paired,
    CASE WHEN sentinel OR positive_value THEN 0 ELSE credits_e6 END AS cost_e6, other_token_type,
    1 AS documents, tokens AS whole_tokens, tokens::HUGEINT AS whole_fresh_tokens,
    user_key AS counted_user_key, conversation_key AS counted_conversation_key,
    0 AS center_key, false AS in_several, false AS assumed, false AS singly
FROM usage.transactions
WHERE usage_type = 'other';

CREATE VIEW spelling.plain_cells AS
SELECT
    *, user_key AS counted_user_key, conversation_key AS counted_conversation_key,
    0 AS center_key, false AS in_several, false AS assumed
FROM usage.cells;
