"""The demo, run for real: as a process, against its own loopback servers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pointsman_demo.world import CAST, FEED, PROVIDER

Steps = Mapping[str, Mapping[str, Any]]
PROGRAM = [sys.executable, "-c", "from pointsman.cli import main; main()", "demo"]


def run(folder: Path, *arguments: str, **variables: str) -> str:
    """What the program printed, with `folder` as home and as the place for temporary files."""
    env = {**os.environ, "POINTSMAN_HOME": str(folder / "home"), "TMPDIR": str(folder), **variables}
    done = subprocess.run(
        [*PROGRAM, *arguments], capture_output=True, text=True, env=env, cwd=folder, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo may leave something behind."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def document(folder: Path) -> Mapping[str, Any]:
    """The whole demo as a document."""
    printed: Mapping[str, Any] = json.loads(run(folder, "--json"))
    return printed


@pytest.fixture(scope="module")
def steps(document: Mapping[str, Any]) -> Steps:
    """Its steps, by name."""
    return {each["step"]: each for each in document["steps"]}


def test_every_step_is_printed_in_order(document: Mapping[str, Any]) -> None:
    """The schema has a name and a version."""
    names = [each["step"] for each in document["steps"]]

    assert document["schema"] == "pointsman/demo/1"
    assert names == ["catalog", "ask", "explain", "fallback", "task", "spent"]


def test_the_catalog_is_what_the_servers_say(steps: Steps) -> None:
    """Every price and speed is the feed's; what nobody knows is unknown, not zero."""
    printed = {each["model"]: each for each in steps["catalog"]["models"]}
    priced = [each for each in CAST if each.input is not None]

    assert {
        f"{PROVIDER}/{each.id}": (each.input, each.output, each.speed) for each in priced
    } == {
        name: (float(each["input_usd"]), float(each["output_usd"]), each["tokens_per_second"])
        for name, each in printed.items()
        if each["input_usd"] is not None
    }  # fmt: skip
    assert [name for name, each in printed.items() if each["quality"] is None] == [f"{PROVIDER}/riddle-0"]


def test_an_embedding_model_is_not_offered(steps: Steps) -> None:
    """And the reason is printed."""
    (out,) = steps["catalog"]["left_out"]

    assert (out["model"], out["rule"], bool(out["reason"])) == (f"{PROVIDER}/noise-embedding-1", "kind", True)


def test_the_one_that_answered_is_first_in_the_ranking(steps: Steps) -> None:
    """What explain says is what ask did."""
    ranking = [each["model"] for each in steps["explain"]["ranking"]]
    excluded = [each["model"] for each in steps["explain"]["excluded"]]

    assert steps["ask"]["model"] == ranking[0]
    assert sorted(ranking + excluded) == sorted(each["model"] for each in steps["catalog"]["models"])


def test_the_failed_call_arrives_at_the_next(steps: Steps) -> None:
    """First the best, which refuses; then the second."""
    ranking = [each["model"] for each in steps["explain"]["ranking"]]

    assert steps["fallback"]["attempts"] == [
        {"model": ranking[0], "ok": False, "error": "PM-OVERLOADED"},
        {"model": ranking[1], "ok": True, "error": ""},
    ]


def test_the_task_takes_a_cheaper_one(steps: Steps) -> None:
    """Of the budget tier, for less money."""
    tiers = {each["model"]: each["tier"] for each in steps["catalog"]["models"]}

    assert tiers[steps["task"]["model"]] == "budget"
    assert Decimal(steps["task"]["usd"]) < Decimal(steps["ask"]["usd"])


def test_each_cost_is_price_times_tokens(steps: Steps) -> None:
    """To the last digit."""
    prices = {each["model"]: each for each in steps["catalog"]["models"]}
    asked = [steps[name] for name in ("ask", "fallback", "task")]

    assert [Decimal(each["usd"]) for each in asked] == [
        (
            each["input_tokens"] * Decimal(prices[each["model"]]["input_usd"])
            + each["output_tokens"] * Decimal(prices[each["model"]]["output_usd"])
        )
        / 1_000_000
        for each in asked
    ]


def test_the_ledger_adds_up(document: Mapping[str, Any], steps: Steps) -> None:
    """Attempts count where they were made, and the sum is the sum of the answers."""
    rows = steps["spent"]["usage"]
    answers = [Decimal(steps[name]["usd"]) for name in ("ask", "fallback", "task")]

    assert (sum(each["attempts"] for each in rows), sum(each["failed"] for each in rows)) == (4, 1)
    assert sum(Decimal(each["usd"]) for each in rows) == sum(answers) == Decimal(document["spent_usd"])


def test_the_page_is_narrow_and_whole(folder: Path) -> None:
    """Six headings, eighty columns, and what to do next."""
    lines = run(folder, COLUMNS="200").splitlines()
    headings = [found[1] for line in lines if (found := re.match(r"(\d)  \S", line))]

    assert [each for each in lines if len(each) > 80] == []
    assert headings == ["1", "2", "3", "4", "5", "6"]
    assert any("pointsman keys set NAME" in line for line in lines)


def test_nothing_is_left_behind(document: Mapping[str, Any], folder: Path) -> None:
    """No temporary folder, and nothing in the user's own home."""
    assert document["spent_usd"] != "0"
    assert [path.name for path in folder.iterdir()] == []


def test_the_users_own_settings_do_not_matter(folder: Path, document: Mapping[str, Any]) -> None:
    """A configuration in the current folder, a pinned model, a key of the real feed: all left alone."""
    (folder / "pointsman.toml").write_text('strategy = "nobody"\n')
    variables = {"POINTSMAN_FORCE_MODEL": "nobody", f"{FEED.upper().replace('-', '_')}_API_KEY": "not-used"}
    try:
        again = json.loads(run(folder, "--json", **variables))
    finally:
        (folder / "pointsman.toml").unlink()

    assert again["spent_usd"] == document["spent_usd"]
