-- One row per call. Money is whole pico-dollars (1e-12 USD) in *_pico; an amount finer or larger than such an
-- integer can hold is decimal text in *_exact instead; unknown is NULL in both. Times are ISO 8601 in UTC,
-- always with microseconds, so that they sort as text.
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
    tag TEXT NOT NULL,
    -- known after it
    answered_provider TEXT,
    answered_model TEXT,
    response_model TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cache_read_input_tokens INTEGER,
    cache_creation_input_tokens INTEGER,
    cache_creation_1h_input_tokens INTEGER,
    reasoning_output_tokens INTEGER,
    tokens_estimated INTEGER,
    stated_usd TEXT,                -- the cost as the provider itself stated it
    usd_pico INTEGER,
    usd_exact TEXT,
    cost_source TEXT,
    cost_estimated INTEGER,
    latency REAL,                   -- seconds to the first token
    duration REAL,                  -- seconds to the end
    attempts INTEGER,               -- how many there were
    attempt_log TEXT,               -- a JSON array with an object for each
    error TEXT
);

CREATE INDEX calls_at ON calls (at);
CREATE INDEX calls_open ON calls (owner) WHERE state = 'reserved';
