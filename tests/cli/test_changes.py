"""lock and diff: a catalog pinned to a file, and what changed since."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from pointsman.catalog.diff import Diff, Repriced, Rescored
from pointsman.cli.output import cell
from pointsman.cli.refresh import summary
from pointsman.testing import OpenAIUpstream, Upstream

from tests.cli.conftest import FACTS, Program, _row, tsv

LOCK = "pointsman.lock.json"
MERRY, JOLLY = "openai-compatible/merry-2", "openai-compatible/jolly-3"


def rename(provider: OpenAIUpstream, old: str, new: str) -> None:
    """The provider lists a model under another name."""
    model = provider.models.pop(old)
    model.id, provider.models[new] = new, model


def reprice(feed: Upstream, **prices: float) -> None:
    """The feed says other input prices."""
    facts = {**FACTS, **{name: (price, *FACTS[name][1:]) for name, price in prices.items()}}
    feed.json("GET", "/language/models", {"data": [_row(name, each) for name, each in facts.items()]})


def models(program: Program) -> list[str]:
    """What may be asked, as the program tells."""
    return sorted(row["model"].partition("/")[2] for row in tsv(program("models").stdout))


def test_a_lock_tells_where_it_is_and_what_is_in_it(world: Program) -> None:
    """In the current folder, unless a path is given; the hash is that of the catalog."""
    printed = world.json("lock")
    (row,) = tsv(world("lock", "other.json").stdout)

    assert (printed["schema"], printed["path"], printed["models"]) == ("pointsman/lock/1", LOCK, 3)
    assert [printed["catalog"], "other.json"] == [row["catalog"], row["path"]]
    assert world.json("models")["catalog"] == printed["catalog"]


def test_a_locked_catalog_is_used_as_it_is(
    world: Program, provider: OpenAIUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refresh fetches what is new, and says that calls do not see it."""
    world("lock")
    rename(provider, "merry-2", "jolly-3")
    monkeypatch.setenv("POINTSMAN_LOCK", LOCK)
    refreshed = world("refresh")
    locked = models(world)
    monkeypatch.delenv("POINTSMAN_LOCK")

    assert f"calls are still chosen from the locked catalog {LOCK}" in refreshed.stderr
    assert locked == ["grand-2-large", "merry-2", "swift-1-mini"]
    assert models(world) == ["grand-2-large", "jolly-3", "swift-1-mini"]


def test_a_lock_of_the_configuration_asks_nobody(
    world: Program, provider: OpenAIUpstream, written: Callable[[str], None]
) -> None:
    """Not even with an empty cache."""
    world("lock")
    written(f'[catalog]\nlock = "{LOCK}"\n')
    asked = len(provider.requests)
    found = models(world)
    (value,) = [row for row in world.json("config", "show")["values"] if row["path"] == "catalog.lock"]

    assert (found, len(provider.requests)) == (["grand-2-large", "merry-2", "swift-1-mini"], asked)
    assert (value["value"], value["from"]) == (LOCK, str(world.home / "pointsman.toml"))


def test_a_lock_changed_by_hand_stops_every_call(world: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one line that names the file, and exit code 2."""
    world("lock")
    monkeypatch.setenv("POINTSMAN_LOCK", LOCK)
    document = json.loads(Path(LOCK).read_text(encoding="utf-8"))
    document["catalog"]["candidates"].pop()
    Path(LOCK).write_text(json.dumps(document), encoding="utf-8")
    result = world("ask", "hi")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error PM-CONFIG: {LOCK}: its hash does not fit its content")


def test_the_variable_wins_over_the_file(
    world: Program, written: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is named as the origin."""
    written('[catalog]\nlock = "other.json"\n')
    monkeypatch.setenv("POINTSMAN_LOCK", LOCK)
    (value,) = [row for row in world.json("config", "show")["values"] if row["path"] == "catalog.lock"]

    assert (value["value"], value["from"]) == (LOCK, "POINTSMAN_LOCK")


def test_a_refresh_sums_up_what_changed() -> None:
    """In a line, with what is held back."""
    printed = Diff(
        dearer=(Repriced(MERRY, Decimal(1), Decimal(2)),),
        priced=(JOLLY,),
        rescored=(Rescored(MERRY, "general", 1, 9), Rescored(MERRY, "coding", 1, 9)),
    )

    assert summary(printed, 2) == "2 price changes, 1 re-scored, 2 quarantined; see: pointsman diff"
    assert summary(Diff(), 0) == "0 price changes, 0 quarantined; see: pointsman diff"


def test_diff_tells_what_changed_since_the_lock(
    world: Program, provider: OpenAIUpstream, feed: Upstream
) -> None:
    """New, gone, dearer and cheaper, with the factor; the lock here is found by itself."""
    world("lock")
    rename(provider, "merry-2", "jolly-3")
    reprice(feed, **{"grand-2-large": 12.0, "swift-1-mini": 0.05})
    world("refresh")
    printed = world.json("diff")
    rows = {(row["change"], row["model"].partition("/")[2]): row for row in printed["changes"]}

    assert (printed["before"]["from"], printed["after"]["from"]) == (LOCK, "today")
    assert {
        ("new", "jolly-3"),
        ("gone", "merry-2"),
        ("dearer", "grand-2-large"),
        ("cheaper", "swift-1-mini"),
    } <= set(rows)
    assert (
        rows["dearer", "grand-2-large"]["before"],
        rows["dearer", "grand-2-large"]["after"],
        rows["dearer", "grand-2-large"]["ratio"],
    ) == ("8", "14", 1.75)


def test_without_a_lock_diff_compares_with_the_catalog_before(
    world: Program, provider: OpenAIUpstream
) -> None:
    """The last change stays visible however often nothing changes after it."""
    world("refresh")
    rename(provider, "merry-2", "jolly-3")
    world("refresh")
    world("refresh")
    printed = world.json("diff")

    assert printed["before"]["from"] == "the catalog before"
    assert [(row["change"], row["model"]) for row in printed["changes"]][:2] == [
        ("new", JOLLY),
        ("gone", MERRY),
    ]


def test_with_nothing_to_compare_diff_says_what_to_do(world: Program) -> None:
    """Exit code 2, one sentence."""
    result = world("diff")

    assert (result.exit_code, "nothing to compare with yet" in result.stderr) == (2, True)


def test_a_missing_lockfile_is_an_error(world: Program) -> None:
    """It was named."""
    result = world("diff", "none.json")

    assert (result.exit_code, "none.json: there is no such lock" in result.stderr) == (2, True)


def test_while_locked_diff_and_lock_look_at_today(
    world: Program, provider: OpenAIUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that one sees what a new lock would bring, and can write it where the old one is."""
    world("lock", "team.json")
    rename(provider, "merry-2", "jolly-3")
    world("refresh")
    monkeypatch.setenv("POINTSMAN_LOCK", "team.json")
    before = world.json("diff")
    written = world.json("lock")
    after = world.json("diff")

    assert [row["model"] for row in before["changes"] if row["change"] == "new"] == [JOLLY]
    assert (written["path"], after["before"]["from"], after["changes"]) == ("team.json", "team.json", [])
    assert models(world) == ["grand-2-large", "jolly-3", "swift-1-mini"]


def test_diff_can_fail_a_build(world: Program, provider: OpenAIUpstream) -> None:
    """Exit code 1 only when asked for, and only when something changed."""
    world("lock")
    same = world("diff", "--exit-code").exit_code
    rename(provider, "merry-2", "jolly-3")
    world("refresh")

    assert [same, world("diff").exit_code, world("diff", "--exit-code").exit_code] == [0, 0, 1]


def test_diff_in_a_pipe_is_one_table(world: Program, provider: OpenAIUpstream) -> None:
    """A line per change."""
    world("lock")
    rename(provider, "merry-2", "jolly-3")
    world("refresh")
    rows = [row for row in tsv(world("diff").stdout) if row["change"] in {"new", "gone"}]

    assert [(row["change"], row["model"], row["before"]) for row in rows] == [
        ("new", JOLLY, cell(None)),
        ("gone", MERRY, cell(None)),
    ]
