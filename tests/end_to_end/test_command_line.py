"""The command line over the recorded lists: real plugins, real HTTP, turned on by their variables alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pointsman.testing import Upstream

from tests.end_to_end.real_lists import serve_lists, serve_paged

pytestmark = pytest.mark.shared

KEY = "sk-canary-0123456789abcdef"
NOT_FOR_CHAT = (
    "embed",
    "whisper",
    "tts",
    "moderation",
    "image",
    "dall",
    "realtime",
    "transcribe",
    "guard",
    "ocr",
)


class Shell:
    """Runs `pointsman` in one environment."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env

    def json(self, *arguments: str, expect: int = 0) -> Any:
        """The document a command prints with ``--json``."""
        command = [sys.executable, "-m", "pointsman", *arguments, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=self.env, check=False)

        assert (expect, False) == (done.returncode, KEY in done.stdout + done.stderr), done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def shell(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Every provider's variables point at loopback; the lists have been refreshed once."""
    with Upstream.in_thread() as upstream:
        serve_lists(upstream, shared_data)
        serve_paged(upstream, shared_data)
        home = tmp_path_factory.mktemp("home")
        named = {
            name: value
            for provider in ("openai", "anthropic", "groq", "mistral", "openrouter")
            for name, value in (
                (f"{provider.upper()}_API_KEY", KEY),
                (f"{provider.upper()}_BASE_URL", f"{upstream.url}/{provider}"),
            )
        }
        yield Shell(
            {
                "PATH": os.environ["PATH"],
                "POINTSMAN_HOME": str(home),
                "POINTSMAN_ONLY": "openai,anthropic,groq,mistral,openrouter,ollama,genai-prices,"
                "artificial-analysis,strategies",
                "OLLAMA_BASE_URL": f"{upstream.url}/ollama",
                "ARTIFICIAL_ANALYSIS_API_KEY": KEY,
                "ARTIFICIAL_ANALYSIS_BASE_URL": f"{upstream.url}/analysis",
                "GENAI_PRICES_UPDATE": "false",
                **named,
            }
        )


def test_refresh_lists_hundreds_from_every_source(shell: Shell) -> None:
    """Six providers, three price sources, one leaderboard: each is fresh and counted."""
    document = shell.json("refresh")
    rows = {(each["kind"], each["source"]): each for each in document["sources"]}

    assert {
        *(("provider", name) for name in ("anthropic", "groq", "mistral", "ollama", "openai", "openrouter")),
        *(("prices", name) for name in ("artificial-analysis", "genai-prices", "openrouter")),
        ("scores", "artificial-analysis"),
    } == set(rows)
    assert all(each["rows"] > 0 for each in rows.values())


def test_models_are_joined_and_only_chat_is_offered(
    shell: Shell, record_property: Callable[[str, object], None]
) -> None:
    """Hundreds of models, nearly all with a price, most with a score, none that embeds, paints or speaks."""
    models = shell.json("models")["models"]
    share = {
        what: sum(each[what] is not None for each in models) / len(models)
        for what in ("input_usd", "quality")
    }
    wrong = [each["model"] for each in models if any(word in each["model"].lower() for word in NOT_FOR_CHAT)]

    record_property("joined", {"models": len(models), **share})
    assert (
        len(models) > 300,
        share["input_usd"] > 0.95,
        share["quality"] > 0.55,
        wrong,
    ) == (True, True, True, [])


def test_explain_chooses_sensibly_for_coding(shell: Shell) -> None:
    """The best trade for coding has a known price and a high score in coding; every other has its reason."""
    document = shell.json("explain", "--task", "coding", "Write a parser for TOML.")
    first = document["ranking"][0]
    listed = shell.json("models", "--category", "coding")["models"]
    qualities = sorted(each["quality"] for each in listed if each["quality"] is not None)

    assert (
        first["expected"]["quality"] >= qualities[int(len(qualities) * 0.75)],
        first["expected"]["cost_usd"] is not None,
        document["criteria"]["category"],
    ) == (True, True, "coding")
