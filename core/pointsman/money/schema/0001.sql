-- Money is whole pico-dollars (1e-12 USD) in *_pico; an amount finer or larger than such an integer can hold is
-- decimal text in *_exact instead; unknown is NULL in both. Times are ISO 8601 in UTC, always with microseconds,
-- so that they sort as text; durations are seconds.

-- One row per call.
CREATE TABLE calls (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,            -- the process that wrote the row; tells a crash from a call under way
    state TEXT NOT NULL,            -- reserved, settled, failed, cancelled, unsettled
    -- known before the call
    at TEXT NOT NULL,
    provider TEXT NOT NULL,         -- first choice
    model TEXT NOT NULL,
    task TEXT NOT NULL,
    category TEXT NOT NULL,
    operation TEXT NOT NULL,
    estimate_pico INTEGER,
    estimate_exact TEXT,
    stream INTEGER NOT NULL,
    tags TEXT NOT NULL,             -- a JSON array of labels, each once
    key TEXT NOT NULL,              -- id of the caller's key, never the key
    user TEXT NOT NULL,
    catalog TEXT NOT NULL,          -- hash of the catalog the choice was made from
    strategy TEXT NOT NULL,
    -- known after it
    duration REAL,                  -- from the caller's request until the end
    first_token REAL,               -- from the caller's request until the first piece of content
    error TEXT
);

CREATE INDEX calls_at ON calls (at);
CREATE INDEX calls_open ON calls (owner) WHERE state IN ('reserved', 'unsettled');

-- One row per attempt, written when its call ends.
CREATE TABLE attempts (
    call INTEGER NOT NULL REFERENCES calls (seq),
    number INTEGER NOT NULL,        -- counted from 0
    provider TEXT NOT NULL,         -- who was asked
    model TEXT NOT NULL,
    state TEXT NOT NULL,            -- accepted, rejected, judged, failed, cancelled
    at TEXT NOT NULL,
    duration REAL NOT NULL,
    first_token REAL,               -- from the attempt's own beginning
    error TEXT NOT NULL,
    detail TEXT NOT NULL,
    maybe_billed INTEGER NOT NULL,
    key INTEGER NOT NULL,           -- which of the provider's keys, counted from 0
    response_model TEXT NOT NULL,
    step INTEGER NOT NULL,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cache_read_input_tokens INTEGER NOT NULL,
    cache_creation_input_tokens INTEGER NOT NULL,
    cache_creation_1h_input_tokens INTEGER NOT NULL,
    reasoning_output_tokens INTEGER NOT NULL,
    input_audio_tokens INTEGER NOT NULL,
    output_audio_tokens INTEGER NOT NULL,
    cache_read_audio_tokens INTEGER NOT NULL,
    input_image_tokens INTEGER NOT NULL,
    output_image_tokens INTEGER NOT NULL,
    service_tier TEXT NOT NULL,
    tokens_estimated INTEGER NOT NULL,
    stated_usd TEXT,                -- the cost as the provider itself stated it
    usd_pico INTEGER,
    usd_exact TEXT,
    cost_source TEXT NOT NULL,
    cost_estimated INTEGER NOT NULL,
    PRIMARY KEY (call, number)
) WITHOUT ROWID;

-- What each attempt adds to the sums, each call counted with its first one. A call without attempts is one row:
-- under its first choice while its end is unknown, under nobody when it ended with nothing sent.
CREATE VIEW summands AS
SELECT
    c.seq AS seq,
    c.at AS at,
    substr(c.at, 1, 10) AS day,
    c.task AS task,
    c.state AS state,
    CASE WHEN a.call IS NOT NULL THEN a.provider WHEN c.state IN ('reserved', 'unsettled') THEN c.provider
        ELSE '' END AS provider,
    CASE WHEN a.call IS NOT NULL THEN a.model WHEN c.state IN ('reserved', 'unsettled') THEN c.model
        ELSE '' END AS model,
    c.tags AS tags,
    c.user AS user,
    c.key AS key,
    coalesce(a.number, 0) = 0 AS calls,
    coalesce(a.number, 0) = 0 AND c.state = 'settled' AS calls_settled,
    coalesce(a.number, 0) = 0 AND c.state = 'failed' AS calls_failed,
    coalesce(a.number, 0) = 0 AND c.state = 'cancelled' AS calls_cancelled,
    -- the same among the attempts at one provider, at one model, at one model of one provider
    CASE WHEN a.call IS NULL THEN c.state IN ('reserved', 'unsettled') WHEN a.number = 0 THEN 1
        ELSE NOT EXISTS (SELECT 1 FROM attempts AS b WHERE b.call = a.call AND b.number < a.number
            AND b.provider = a.provider) END AS calls_by_provider,
    CASE WHEN a.call IS NULL THEN c.state IN ('reserved', 'unsettled') WHEN a.number = 0 THEN 1
        ELSE NOT EXISTS (SELECT 1 FROM attempts AS b WHERE b.call = a.call AND b.number < a.number
            AND b.model = a.model) END AS calls_by_model,
    CASE WHEN a.call IS NULL THEN c.state IN ('reserved', 'unsettled') WHEN a.number = 0 THEN 1
        ELSE NOT EXISTS (SELECT 1 FROM attempts AS b WHERE b.call = a.call AND b.number < a.number
            AND b.provider = a.provider AND b.model = a.model) END AS calls_by_offer,
    a.call IS NOT NULL AS attempts,
    coalesce(a.state IN ('accepted', 'rejected', 'judged'), 0) AS answered,
    a.state IS 'failed' AS failed,
    a.state IS 'cancelled' AS cancelled,
    coalesce(a.input_tokens, 0) AS input_tokens,
    coalesce(a.output_tokens, 0) AS output_tokens,
    -- whole micro-dollars and the rest apart: neither sum can overflow 64 bits in a lifetime
    coalesce(a.usd_pico / 1000000, 0) AS usd_micro,
    coalesce(a.usd_pico % 1000000, 0) AS usd_rest,
    a.usd_exact AS usd_exact,
    coalesce(a.state IN ('accepted', 'rejected', 'judged') AND a.usd_pico IS NULL AND a.usd_exact IS NULL, 0)
        AS unpriced,
    a.first_token IS NOT NULL AS first_tokens,
    coalesce(a.first_token, 0.0) AS first_token_seconds,
    CASE WHEN c.state IN ('reserved', 'unsettled') THEN c.estimate_pico END AS estimate_pico,
    CASE WHEN c.state IN ('reserved', 'unsettled') THEN c.estimate_exact END AS estimate_exact
FROM calls AS c LEFT JOIN attempts AS a ON a.call = c.seq;

-- Sums of the summands of all calls that ended, kept in the transaction that ends them: a report adds up some
-- rows per day instead of every call. By tag a call stands under each of its tags, or under an empty one.
CREATE TABLE daily_sums (
    columns TEXT NOT NULL,          -- what it is summed by: see KEPT in sums.py
    day TEXT NOT NULL,
    one TEXT NOT NULL,              -- value of the first of the columns
    other TEXT NOT NULL,            -- value of the second, empty where there is one
    calls INTEGER NOT NULL,
    calls_settled INTEGER NOT NULL,
    calls_failed INTEGER NOT NULL,
    calls_cancelled INTEGER NOT NULL,
    calls_by_provider INTEGER NOT NULL,
    calls_by_model INTEGER NOT NULL,
    calls_by_offer INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    usd_micro INTEGER NOT NULL,
    usd_rest INTEGER NOT NULL,
    usd_exact TEXT,
    unpriced INTEGER NOT NULL,
    first_tokens INTEGER NOT NULL,
    first_token_seconds REAL NOT NULL,
    PRIMARY KEY (columns, day, one, other)
) WITHOUT ROWID;
