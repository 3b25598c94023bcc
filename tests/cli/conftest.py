"""A home of its own, a provider and a feed on loopback, and the program to run against them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from click.testing import CliRunner, Result
from pointsman.cli.app import app
from pointsman.testing import FakeModel, OpenAIUpstream, Upstream

KEY = "sk-cli-canary-0123456789abcdef"
FEED_KEY = "sk-feed-canary-0123456789abcdef"
ANSWER = "It is blue because of scattering."

FACTS = {
    "grand-2-large": (4.0, 20.0, 80.0, 50.0),
    "merry-2": (1.0, 4.0, 70.0, 90.0),
    "swift-1-mini": (0.1, 0.4, 30.0, 200.0),
}
"""Input and output price, quality, speed."""

LISTING = {"context_window": 100_000, "owned_by": "compatible"}

START = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from pointsman.cli import main
main()
"""


@frozen
class Program:
    """The program, as a user would run it."""

    home: Path

    def __call__(self, *args: str, stdin: str = "") -> Result:
        """Run in this process, away from any terminal."""
        return CliRunner().invoke(app, list(args), input=stdin)

    def json(self, *args: str, stdin: str = "") -> Any:
        """The document of a run that went well."""
        result = self(*args, "--json", stdin=stdin)
        assert (result.exit_code, result.stderr) == (0, "")
        return json.loads(result.stdout)

    def spawn(self, *args: str, **more: Any) -> subprocess.Popen[str]:
        """Run as a process of its own, which Ctrl-C stops even where the tests run in the background of a
        shell: whoever is started there ignores it until it says otherwise.
        """
        command = [sys.executable, "-c", START, *args]
        return subprocess.Popen(command, text=True, env={**os.environ, **more.pop("env", {})}, **more)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program in a home of its own, where nothing is configured."""
    home = tmp_path / "home"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POINTSMAN_HOME", str(home))
    monkeypatch.setenv("POINTSMAN_ONLY", "openai-compatible,artificial-analysis,strategies")
    monkeypatch.setenv("POINTSMAN_CATALOG_REFRESH_IN", "thread")  # the other way has tests of its own
    return Program(home)


@pytest.fixture
def provider(program: Program, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIUpstream]:
    """Three models and an embedding model, with a key; the program knows the address and the key."""
    models = [FakeModel(name, answer=ANSWER, listing=LISTING) for name in FACTS]
    with OpenAIUpstream.in_thread([*models, FakeModel("tiny-embedding-1")], key=KEY) as upstream:
        monkeypatch.setenv("OPENAI_COMPATIBLE_BASE_URL", upstream.base_url)
        monkeypatch.setenv("OPENAI_COMPATIBLE_API_KEY", KEY)
        yield upstream


@pytest.fixture
def feed(program: Program, monkeypatch: pytest.MonkeyPatch) -> Iterator[Upstream]:
    """A feed that prices and scores the three models."""
    with Upstream.in_thread() as upstream:
        rows = [_row(name, facts) for name, facts in FACTS.items()]
        upstream.json("GET", "/language/models", {"pagination": {"has_more": False}, "data": rows})
        monkeypatch.setenv("ARTIFICIAL_ANALYSIS_BASE_URL", upstream.url)
        monkeypatch.setenv("ARTIFICIAL_ANALYSIS_API_KEY", FEED_KEY)
        yield upstream


@pytest.fixture
def world(program: Program, provider: OpenAIUpstream, feed: Upstream) -> Program:
    """The program with a provider and a feed."""
    return program


@pytest.fixture
def written(program: Program) -> Callable[[str], None]:
    """Writes a configuration file."""

    def write(text: str) -> None:
        program.home.mkdir(mode=0o700, exist_ok=True)
        (program.home / "pointsman.toml").write_text(text, encoding="utf-8")

    return write


def tsv(text: str) -> list[dict[str, str]]:
    """Rows of a tab-separated answer."""
    head, *rows = text.splitlines()
    return [dict(zip(head.split("\t"), row.split("\t"), strict=True)) for row in rows]


def _row(name: str, facts: Sequence[float]) -> Mapping[str, Any]:
    price_in, price_out, quality, speed = facts
    return {
        "name": name.replace("-", " ").title(),
        "model_creator": {"name": "Compatible"},
        "evaluations": {"artificial_analysis_intelligence_index": quality},
        "pricing": {"price_1m_input_tokens": price_in, "price_1m_output_tokens": price_out},
        "performance": {"median_output_tokens_per_second": speed, "median_time_to_first_token_seconds": 0.2},
    }
