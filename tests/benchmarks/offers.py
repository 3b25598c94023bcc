"""A catalog of some 5,300 offers: every provider of the largest recorded price list lists its models itself.

`served` starts the providers, all on one port of loopback in a process of its own; the price feeds and the
leaderboards are those of `tests.benchmarks.world`.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen
from pointsman.testing import FakeModel, OpenAIUpstream, Received, Reply

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import world
from tests.shared import shared

_LARGEST = "pricing/models_dev/api_2026-07-30.json"
_KEYS = ("_API_KEY", "_TOKEN", "_TOKEN_BEDROCK", "OLLAMA_BASE_URL")
_FEEDS = ("ARTIFICIAL_ANALYSIS_API_KEY",)


def providers() -> Mapping[str, Mapping[str, Any]]:
    """The list's providers, each with the rows of its models by id."""
    listed = json.loads(shared("data", _LARGEST).read_text())
    return {name: provider["models"] for name, provider in listed.items()}


@frozen
class Offers:
    """The served providers and feeds.

    Attributes:
        url: Of the providers.
        feeds: The price feeds and leaderboards.
    """

    url: str
    feeds: world.World

    def config(self) -> Mapping[str, Any]:
        """A configuration that has exactly these providers on."""
        tables = {
            name: {"uses": "openai-compatible", "base_url": f"{self.url}/{name}"} for name in providers()
        }
        return {"providers": {"ollama": {"enabled": False}, **tables}}

    def environment(self, home: Path) -> Mapping[str, str]:
        """Every feed is on, no provider but those of the configuration."""
        whole = self.feeds.environment(home)
        return {
            name: value for name, value in whole.items() if name in _FEEDS or not name.endswith(_KEYS)
        } | {"POINTSMAN_CONFIG": ""}


@contextmanager
def served() -> Iterator[Offers]:
    """Serve providers and feeds for as long as the block lasts.

    Raises:
        FileNotFoundError: The recorded data is not beside the checkout.
    """
    shared("data", _LARGEST)
    with world.served() as feeds:
        process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            yield Offers(process.stdout.readline().strip(), feeds)
        finally:
            process.kill()
            process.communicate()


class Providers(OpenAIUpstream):
    """Many providers of one dialect on one port, distinguished by the first part of the path."""

    def __init__(self) -> None:
        super().__init__([])
        listed = providers()
        self.models = {
            name: FakeModel(name, answer="A short answer.") for rows in listed.values() for name in rows
        }
        self._lists = {f"/{name}/models": Reply.json({"data": _rows(rows)}) for name, rows in listed.items()}

    def missing(self, request: Received) -> Reply:
        """A provider's list, or an answer of one of its models."""
        if request.path in self._lists:
            return self._lists[request.path]
        self.prefix = "/" + request.path.split("/")[1]
        return super().missing(request)


def _rows(models: Mapping[str, Any]) -> list[dict[str, str]]:
    """What writes no text says so; of the others a list says no more than the id."""
    return [{"id": name, **({} if _writes_text(row) else {"type": "image"})} for name, row in models.items()]


def _writes_text(row: Mapping[str, Any]) -> bool:
    return "text" in row.get("modalities", {}).get("output", ["text"])


async def _serve() -> None:
    async with Providers() as upstream:
        print(upstream.url, flush=True)
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(_serve())
