"""A small world on 127.0.0.1: one provider that serves fictional models, one feed that prices and scores
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen
from pointsman.testing import FakeModel, OpenAIUpstream, Reply, Upstream

PROVIDER = "loopback"
FEED = "artificial-analysis"
PLUGINS = "openai-compatible,artificial-analysis,strategies"
TASK = "summarization"

_PACE = 0.02  # seconds between two words, so that streaming can be seen
_KEY = "demo-feed-key"
_ANSWER = (
    "Sunlight holds every colour. Air scatters the short, blue waves far more than the long, red ones, "
    "so blue reaches your eye from all over the sky."
)


@frozen
class Fiction:
    """One model that exists only here.

    Attributes:
        id: As the provider lists it; the feed writes it with spaces and capitals.
        input, output: USD per million tokens; None keeps it out of the feed.
        quality, coding: The feed's indexes, 0 to 100.
        speed: Output tokens per second.
        first: Seconds to the first token.
        window: Context, in tokens.
    """

    id: str
    input: float | None = None
    output: float | None = None
    quality: float | None = None
    coding: float | None = None
    speed: float = 0.0
    first: float = 0.0
    window: int = 128_000

    @property
    def name(self) -> str:
        """As the feed writes it."""
        return " ".join(word.capitalize() for word in self.id.split("-"))


CAST: Sequence[Fiction] = (
    Fiction("aurora-4-large", 3.00, 12.00, 71.5, 66.0, 62.0, 0.30, 400_000),
    Fiction("aurora-4-mini", 0.40, 1.60, 52.3, 44.1, 148.0, 0.20, 400_000),
    Fiction("kestrel-2", 1.10, 3.30, 66.8, 63.2, 95.0, 0.15, 200_000),
    Fiction("harbor-1-pro", 8.00, 24.00, 69.9, 71.4, 31.0, 0.55, 200_000),
    Fiction("sparrow-3", 0.06, 0.24, 31.4, 20.7, 240.0, 0.05, 64_000),
    Fiction("pebble-1", 0.03, 0.09, 17.2, 9.9, 310.0, 0.05, 16_000),
    Fiction("noise-embedding-1", window=8_000),
    Fiction("riddle-0", window=8_000),
)
"""The last two are noise: an embedding model, never to be offered, and one nobody priced or measured."""


@frozen
class World:
    """The two servers.

    Attributes:
        provider: Serves the models.
        feed: Serves prices, scores and speeds.
    """

    provider: OpenAIUpstream
    feed: Upstream

    def config(self, folder: Path) -> Mapping[str, Any]:
        """A configuration that knows only this world; as it would stand in ``pointsman.toml``."""
        feed = {"base_url": self.feed.url + "/api/v2", "key": _KEY}
        return {
            "strategy": "weighted",
            "providers": {PROVIDER: {"uses": "openai-compatible", "base_url": self.provider.base_url}},
            "pricing_sources": {FEED: feed},
            "benchmark_sources": {FEED: feed},
            "ledgers": {"sqlite": {"path": str(folder / "ledger.sqlite3")}},
        }

    def fail(self, model: str) -> None:
        """From now on this model has no capacity."""
        text = "The provider is currently overloaded, please try again later"
        self.provider.models[model].fault = Reply.json(
            {"error": {"message": text, "type": "overloaded"}}, 503
        )

    def recover(self, model: str) -> None:
        """It answers again."""
        self.provider.models[model].fault = None


@contextmanager
def opened() -> Iterator[World]:
    """Both servers, each on a free port of 127.0.0.1, in threads of their own."""
    models = [
        FakeModel(
            each.id,
            answer=_ANSWER,
            latency=each.first / 3,
            pace=_PACE,
            listing={"owned_by": PROVIDER, "context_window": each.window},
        )
        for each in CAST
    ]
    with OpenAIUpstream.in_thread(models) as provider, Upstream.in_thread() as feed:
        feed.json("GET", "/api/v2/language/models", {"error": "this key is a free one"}, 403)
        feed.json("GET", "/api/v2/language/models/free", _feed())
        yield World(provider, feed)


def environment(folder: Path) -> Mapping[str, str]:
    """Variables that keep everything in `folder`, and every plugin out that the world does not need."""
    nothing = folder / "pointsman.toml"
    nothing.touch()
    return {"POINTSMAN_HOME": str(folder), "POINTSMAN_CONFIG": str(nothing), "POINTSMAN_ONLY": PLUGINS}


def _feed() -> Mapping[str, Any]:
    """The feed's answer, after the shape documented at https://artificialanalysis.ai/data-api/docs."""
    rows = [_row(each) for each in CAST if each.input is not None]
    page = {"page": 1, "page_size": 200, "total_pages": 1, "has_more": False}
    return {"tier": "free", "pagination": page, "data": rows}


def _row(each: Fiction) -> Mapping[str, Any]:
    return {
        "id": f"fiction-{each.id}",
        "name": each.name,
        "slug": each.id,
        "model_creator": {"name": PROVIDER.capitalize()},
        "evaluations": {
            "artificial_analysis_intelligence_index": each.quality,
            "artificial_analysis_coding_index": each.coding,
        },
        "pricing": {"price_1m_input_tokens": each.input, "price_1m_output_tokens": each.output},
        "performance": {
            "median_output_tokens_per_second": each.speed,
            "median_time_to_first_token_seconds": each.first,
        },
    }
