"""plugins, doctor, config: what is there although something may be wrong with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pointsman.cache import Cache
from pointsman.catalog.feeds.cache import FeedCache
from pointsman.catalog.feeds.schedule import Backoff
from pointsman.catalog.refresh import REFRESH

from tests.cli.conftest import KEY, Program, tsv


def broken_plugin(folder: Path, monkeypatch: pytest.MonkeyPatch, group: str = "pointsman") -> None:
    """A distribution in `folder` whose module cannot be imported."""
    info = folder / "broken_thing-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-thing\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[{group}]\nshaky = broken_thing:anything\n")
    (folder / "broken_thing.py").write_text("raise RuntimeError('no such luck')\n")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delenv("POINTSMAN_ONLY")


def findings(program: Program) -> dict[tuple[str, str], tuple[str, str]]:
    """What doctor found, by area and check."""
    rows = tsv(program("doctor").stdout)
    return {(row["area"], row["check"]): (row["state"], row["detail"]) for row in rows}


def test_plugins_say_what_would_turn_them_on(program: Program) -> None:
    """State and reason of every offer."""
    rows = {(row["kind"], row["name"]): row for row in tsv(program("plugins").stdout)}

    assert (
        rows["providers", "openai-compatible"]["state"],
        rows["providers", "openai-compatible"]["reason"],
    ) == ("off", "set OPENAI_COMPATIBLE_BASE_URL")
    assert rows["strategies", "weighted"]["state"] == "on"
    assert rows["ledgers", "sqlite"]["state"] == "on"


def test_a_blocked_plugin_is_listed(program: Program) -> None:
    """With the variable that blocks it; its command too."""
    printed = program.json("plugins")

    assert next(
        (each["state"], each["reason"]) for each in printed["plugins"] if each["plugin"] == "groq"
    ) == (
        "blocked",
        "not named in POINTSMAN_ONLY",
    )
    assert [(each["name"], each["state"]) for each in printed["commands"]] == [("demo", "blocked")]


def test_a_broken_plugin_is_one_line_and_a_row(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never stops the others, and listing it is no failure."""
    broken_plugin(tmp_path, monkeypatch)
    shown, used = program("plugins"), program("usage")
    (row,) = [row for row in tsv(shown.stdout) if row["plugin"] == "shaky"]

    assert (shown.exit_code, used.exit_code) == (0, 0)
    assert (row["state"], row["version"], row["reason"]) == ("broken", "1.2", "RuntimeError: no such luck")
    assert used.stderr.splitlines() == [
        "warning: plugin shaky (broken-thing 1.2) is broken and left out: RuntimeError: no such luck"
    ]
    assert program("doctor").exit_code == 1


def test_a_broken_command_names_its_plugin(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands in --help, and fails alone when it is called."""
    broken_plugin(tmp_path, monkeypatch, "pointsman.commands")
    helped, called = program("--help"), program("shaky")

    assert (helped.exit_code, "shaky" in helped.stdout) == (0, True)
    assert (called.exit_code, len(called.stderr.splitlines())) == (1, 1)
    assert "plugin shaky (broken-thing 1.2): its command 'shaky' cannot be loaded" in called.stderr


def test_the_librarys_own_log_needs_v(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One summary without it, single lines with it, nothing when quiet."""
    broken_plugin(tmp_path, monkeypatch)
    counts = [len(program(*flags, "usage").stderr.splitlines()) for flags in (["-q"], [], ["-v"])]

    assert counts == [0, 1, 2]


def test_doctor_finds_nothing_wrong(world: Program) -> None:
    """With a provider on and a catalog fetched."""
    world("refresh")
    printed = world.json("doctor")
    states = {each["state"] for each in printed["checks"]}

    assert (printed["ok"], "fail" in states) == (True, False)
    areas = {each["area"] for each in printed["checks"]}
    assert {"versions", "folders", "config", "keys", "plugins", "providers", "catalog", "ledger"} <= areas
    assert "shared state" in areas


def test_doctor_says_that_no_provider_is_on(program: Program) -> None:
    """And how to turn one on; it is a failure."""
    assert program("doctor").exit_code == 1
    assert findings(program)["providers", "any"] == (
        "fail",
        "no provider is on; set a key: pointsman keys set NAME",
    )


def test_doctor_finds_what_others_may_write(world: Program) -> None:
    """A folder, and a keys file that others may read."""
    world("keys", "set", "ACME_API_KEY", stdin=KEY)
    world.home.chmod(0o777)
    (world.home / "keys.toml").chmod(0o644)
    found = findings(world)

    assert [found["folders", "config"][0], found["keys", "file"][0]] == ["fail", "fail"]


def test_doctor_finds_every_problem_of_the_configuration(
    world: Program, written: Callable[[str], None]
) -> None:
    """Although nothing else would start."""
    written('strategy = "nobody"\n')

    assert (
        findings(world)["config", "problem"][0],
        "strategy: unknown strategy 'nobody'" in findings(world)["config", "problem"][1],
    ) == ("fail", True)


@pytest.mark.parametrize(("failures", "state"), [(1, "note"), (2, "warn")])
def test_doctor_finds_a_refresh_that_did_not_end(world: Program, failures: int, state: str) -> None:
    """The first may still be under way."""
    world("refresh")
    backoff = Backoff(failures, datetime.now(UTC) + timedelta(minutes=4))
    cache = Cache(world.home / "cache")
    asyncio.run(FeedCache(cache).keep_backoffs({REFRESH: backoff}))
    cache.close()
    checks = world.json("doctor")["checks"]

    assert [each["state"] for each in checks if each["check"] == "refresh"] == [state]


def test_doctor_finds_a_broken_ledger(world: Program) -> None:
    """And does not touch it."""
    world.home.mkdir(mode=0o700, exist_ok=True)
    ledger = world.home / "ledger.sqlite3"
    ledger.write_bytes(b"no database" * 100)

    assert findings(world)["ledger", "sqlite"][0] == "fail"
    assert ledger.read_bytes() == b"no database" * 100


def test_doctor_names_the_file_of_the_shared_state(
    world: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And warns when it cannot be used, for calls do not fail of it."""
    good = findings(world)["shared state", "local"]
    monkeypatch.setenv("POINTSMAN_STATE_FILE", str(tmp_path))
    bad = findings(world)["shared state", "local"]

    assert good == ("ok", str(world.home / "state.sqlite3"))
    assert (bad[0], str(tmp_path) in bad[1], "POINTSMAN_STATE_FILE" in bad[1]) == ("warn", True, True)


def test_doctor_finds_code_that_runs_at_every_start(
    world: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A .pth file that no distribution owns; one that only names folders is harmless."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sneaky.pth").write_text("import os\n")
    (folder / "harmless.pth").write_text("/some/folder\n")
    monkeypatch.syspath_prepend(str(folder))
    found = {check: state for (area, check), (state, _) in findings(world).items() if area == "python"}

    assert (found["sneaky.pth"], "harmless.pth" in found) == ("warn", False)


def test_config_tells_where_each_value_comes_from(
    program: Program, written: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Environment, file, default."""
    written('strategy = "cheapest"\n[calls]\nattempts = 2\n[tasks.mine]\ncategory = "math"\n')
    monkeypatch.setenv("POINTSMAN_CALLS_IDLE", "5")
    rows = {row["path"]: (row["value"], row["from"]) for row in tsv(program("config", "show").stdout)}
    file = str(program.home / "pointsman.toml")

    assert {
        "strategy": ("cheapest", file),
        "calls.attempts": ("2", file),
        "calls.idle": ("5", "POINTSMAN_CALLS_IDLE"),
        "calls.connect": ("10", "default"),
        "tasks.mine.category": ("math", file),
        "tasks.coding.category": ("coding", "default"),
    } == {name: rows[name] for name in (
        "strategy", "calls.attempts", "calls.idle", "calls.connect", "tasks.mine.category",
        "tasks.coding.category",
    )}  # fmt: skip


def test_config_shows_keys_by_fingerprint(program: Program, written: Callable[[str], None]) -> None:
    """Also those of a provider that is switched off."""
    written(f'[providers.lab]\nuses = "openai-compatible"\nenabled = false\nkey = "{KEY}"\n')
    shown = program("config", "show").stdout

    assert (KEY in shown, "sha256:" in shown) == (False, True)


def test_config_with_a_problem_says_so(program: Program, written: Callable[[str], None]) -> None:
    """Exit code 2, and what could be read is shown."""
    written("[calls]\nattempts = 999\n")
    result = program("config", "show")

    assert (result.exit_code, "warning: calls.attempts" in result.stderr) == (2, True)
