"""Building blocks for pricing and benchmark sources, public: asking for feeds, and reading them tolerantly.

A source that is one document behind one address is a `PriceFeed` or a `ScoreFeed` over its parser; one that
asks several times does it with `fetch`.

A feed is somebody else's file: one bad row must not lose the others, and a file that is something else must
not pass for an empty list. `readable` keeps the rows that can be read and refuses a feed that cannot.
`csv_rows` reads tables; `figure`, `number`, `money` and `percent` read numbers as people write them, `moment`
dates. Fields of JSON documents are read with `pointsman.wire.fields`.
"""

from pointsman.sources.feed import PriceFeed, ScoreFeed, as_bytes, as_exact_json, as_json, expect, fetch
from pointsman.sources.prices import has_price, tiered_rates, variants
from pointsman.sources.rows import csv_rows, one_each, readable
from pointsman.sources.values import figure, midnight, moment, money, number, per_million, percent

__all__ = [
    "PriceFeed",
    "ScoreFeed",
    "as_bytes",
    "as_exact_json",
    "as_json",
    "csv_rows",
    "expect",
    "fetch",
    "figure",
    "has_price",
    "midnight",
    "moment",
    "money",
    "number",
    "one_each",
    "per_million",
    "percent",
    "readable",
    "tiered_rates",
    "variants",
]
