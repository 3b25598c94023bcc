"""Replaying recordings to a provider, and reading what it made of them as an `ExpectedAnswer`."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
from attrs import evolve, frozen
from pointsman.protocols import Provider
from pointsman.testing import Upstream
from pointsman.types import ChatChunk, ChatResponse

from tests.recordings.expectations import Config, Expectations, ExpectedAnswer

_HERE = Path(__file__).parent


def expected() -> tuple[Expectations, ...]:
    """All there are: the ``EXPECTED`` of every module here that has one."""
    names = sorted(
        path.stem for path in _HERE.glob("*.py") if not path.stem.startswith(("test_", "conftest"))
    )
    modules = [importlib.import_module(f"tests.recordings.{name}") for name in names]
    return tuple(each for module in modules for each in getattr(module, "EXPECTED", ()))


@frozen
class Case:
    """One file, and what it must be read as.

    Attributes:
        each: What is expected of its folder.
        name: The file's name.
        said: Its entry in one of the folder's tables.
    """

    each: Expectations
    name: str
    said: Any


def cases(*tables: str) -> Iterator[Case]:
    """A case for each file of these tables."""
    for each in expected():
        for table in tables:
            for name, said in getattr(each, table).items():
                yield Case(each, name, said)


def load(folder: Path, name: str) -> dict[str, Any]:
    """One recording."""
    recording: dict[str, Any] = orjson.loads((folder / "recorded" / name).read_bytes())
    return recording


class Stage:
    """A replaying server, and the recordings it replays.

    Attributes:
        upstream: The server.
    """

    def __init__(self, upstream: Upstream, folder: Path) -> None:
        self.upstream = upstream
        self._folder = folder

    def config(self, each: Expectations) -> Config:
        """The address of the server, as the folder's provider is to be given it."""
        return Config(self.upstream.url + each.base)

    def provider(self, each: Expectations) -> Provider:
        """The folder's provider, pointed at the server."""
        return each.create(self.config(each))

    def serve(self, each: Expectations, name: str, *paths: str, seed: int | None = None) -> int:
        """Replay a file at these places of the folder's base; returns the recorded status."""
        recording = load(self._folder, f"{each.folder}/{name}")
        for path in dict.fromkeys(paths):
            self.upstream.replay(recording, path=each.base + path, seed=seed)
        status: int = recording["response"]["status"]
        return status


def whole_answer(answer: ChatResponse) -> ExpectedAnswer:
    """What a whole answer says."""
    return ExpectedAnswer(
        answer.text,
        len(answer.text),
        answer.usage,
        answer.model,
        answer.finish_reason,
        tuple((call.name, call.arguments) for call in answer.tool_calls),
        sum(len(thought.text) for thought in answer.reasoning),
    )


def streamed_answer(chunks: Iterable[ChatChunk]) -> ExpectedAnswer:
    """What the pieces of a stream say together."""
    pieces = list(chunks)
    text = "".join(chunk.text for chunk in pieces)
    names: dict[int, str] = {}
    arguments: dict[int, str] = {}
    for delta in (delta for chunk in pieces for delta in chunk.tool_calls):
        names[delta.index] = names.get(delta.index, "") + delta.name
        arguments[delta.index] = arguments.get(delta.index, "") + delta.arguments
    (reason,) = (chunk.finish_reason for chunk in pieces if chunk.finish_reason)
    usages = [chunk.usage for chunk in pieces if chunk.usage]
    return ExpectedAnswer(
        text,
        len(text),
        usages[-1] if usages else None,
        next((chunk.model for chunk in pieces if chunk.model), ""),
        reason,
        tuple((names[index], arguments[index]) for index in sorted(names)),
        sum(len(chunk.reasoning) for chunk in pieces),
    )


def shortened(heard: ExpectedAnswer, said: ExpectedAnswer) -> ExpectedAnswer:
    """`heard` with as much of its text as `said` shows."""
    return evolve(heard, start=heard.start[: len(said.start)])
