"""Files and variables become settings; every problem comes at once, with its path."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from pointsman.config import CallSettings, CatalogSettings, Environment, Folders, Settings, read_settings
from pointsman.types import Capability, Criteria, Preference, Tier

from tests.config.toml_texts import toml_error


@frozen
class Place:
    """A project folder and a home folder, both empty."""

    project: Path
    home: Path

    def user(self, text: str) -> None:
        """Write the user's own file."""
        (self.home / "pointsman.toml").write_text(text, encoding="utf-8")

    def here(self, text: str) -> None:
        """Write the project's file."""
        (self.project / "pointsman.toml").write_text(text, encoding="utf-8")

    def read(self, **env: str) -> tuple[Settings, list[str]]:
        """Read what applies."""
        return self.overridden({}, **env)

    def overridden(self, override: dict[str, Any], **env: str) -> tuple[Settings, list[str]]:
        """Read what applies with this over it."""
        folders = Folders(self.home, self.home, self.home / "cache")
        return read_settings(Environment(env), folders, override=override)

    def problems(self, text: str, **env: str) -> list[str]:
        """What is wrong with this text as the project's file."""
        self.here(text)
        return self.read(**env)[1]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Two empty folders, the project's being the current one."""
    made = Place(tmp_path / "project", tmp_path / "home")
    made.project.mkdir()
    made.home.mkdir()
    monkeypatch.chdir(made.project)
    return made


# -- what holds ---------------------------------------------------------------------------------------------


def test_defaults_need_no_file(place: Place) -> None:
    """Without any file there are tasks, and nothing is a problem."""
    settings, problems = place.read()

    assert problems == []
    assert sorted(settings.tasks) == ["coding", "fast", "reasoning", "summarization"]
    assert ("", "", False, CallSettings(), CatalogSettings(), ()) == (
        settings.strategy,
        settings.ledger,
        settings.offline,
        settings.calls,
        settings.catalog,
        settings.origins,
    )


def test_the_project_wins_over_the_user(place: Place) -> None:
    """Tables are merged key by key; the files are listed, strongest first."""
    place.user('strategy = "a"\nledger = "b"\n[calls]\nidle = 1\nconnect = 2\n[tasks.fast]\ntier = "free"\n')
    place.here('strategy = "c"\n[calls]\nidle = 3\n')
    settings, problems = place.read()

    assert problems == []
    assert (
        settings.strategy,
        settings.ledger,
        settings.calls.idle,
        settings.calls.connect,
    ) == ("c", "b", 3.0, 2.0)
    assert Criteria(task="fast", prefer=Preference.SPEED, tier=Tier.FREE) == settings.tasks["fast"]
    assert tuple(str(folder / "pointsman.toml") for folder in (place.project, place.home)) == settings.origins


def test_a_list_is_replaced_not_extended(place: Place) -> None:
    """Two files do not add up a list nobody wrote."""
    place.user('[catalog]\nprice_priority = ["a", "b"]\n')
    place.here('[catalog]\nprice_priority = ["c"]\n')

    assert place.read()[0].catalog.price_priority == ("c",)


def test_the_environment_wins_over_files(place: Place) -> None:
    """Variables are read as what the setting is, and an empty one says nothing."""
    place.here('strategy = "file"\nledger = "file"\n[calls]\nidle = 1\nattempts = 1\n')
    settings, problems = place.read(
        POINTSMAN_STRATEGY="variable",
        POINTSMAN_LEDGER="",
        POINTSMAN_OFFLINE="yes",
        POINTSMAN_CALLS_ATTEMPTS="5",
        POINTSMAN_CALLS_IDLE="2.5",
        POINTSMAN_CATALOG_PRICE_PRIORITY="a, b,",
    )

    assert problems == []
    assert (settings.strategy, settings.ledger, settings.offline) == ("variable", "file", True)
    assert CallSettings(attempts=5, idle=2.5) == settings.calls
    assert settings.catalog.price_priority == ("a", "b")


def test_what_the_caller_passes_wins_over_everything(place: Place) -> None:
    """An override is a table as it would stand in a file."""
    place.here('strategy = "file"\n[calls]\nidle = 1\n')
    override = {"strategy": "passed", "calls": {"idle": 9}, "providers": {"acme": {"size": 1}}}
    settings, problems = place.overridden(override, POINTSMAN_STRATEGY="x", POINTSMAN_CALLS_IDLE="2")

    assert problems == []
    assert (settings.strategy, settings.calls.idle) == ("passed", 9.0)
    assert {"acme": {"size": 1}} == settings.passed["providers"] == settings.tables["providers"]


def test_a_named_file_stands_alone(place: Place) -> None:
    """``POINTSMAN_CONFIG`` is read instead of the usual two."""
    place.user('strategy = "user"\n')
    place.here('strategy = "project"\n')
    other = place.home / "other.toml"
    other.write_text('ledger = "named"\n')
    settings, problems = place.read(POINTSMAN_CONFIG=str(other))

    assert ("", "named", (str(other),), []) == (
        settings.strategy,
        settings.ledger,
        settings.origins,
        problems,
    )


def test_a_named_file_must_be_there(place: Place) -> None:
    """A misspelt path is never taken for an empty file."""
    missing = place.home / "missing.toml"

    assert [f"POINTSMAN_CONFIG: there is no file {missing}"] == place.read(POINTSMAN_CONFIG=str(missing))[1]


def test_one_file_is_read_once(place: Place) -> None:
    """The user's folder may be the current one."""
    place.here('strategy = "a"\n')
    settings, _ = read_settings(Environment({}), Folders(place.project, place.project, place.project))

    assert (str(place.project / "pointsman.toml"),) == settings.origins


def test_a_task_is_criteria(place: Place) -> None:
    """Every kind of value arrives as its own type; money stays exact."""
    place.here(
        "[tasks.legal]\n"
        'category = "reasoning"\nmax_price = 1.10\nmax_cost = 0.00300000000000000001\nmin_quality = 60\n'
        "min_context = 100_000\n"
        'needs = ["vision", "tools"]\ntier = "premium"\nprefer = "quality"\nonly_providers = ["acme"]\n'
        "known_prices = true\n"
    )
    settings, problems = place.read()

    assert problems == []
    assert (
        Criteria(
            task="legal",
            category="reasoning",
            max_price=Decimal("1.10"),
            max_cost=Decimal("0.00300000000000000001"),
            min_quality=60.0,
            min_context=100_000,
            needs=frozenset({Capability.VISION, Capability.TOOLS}),
            tier=Tier.PREMIUM,
            prefer=Preference.QUALITY,
            only_providers=("acme",),
            known_prices=True,
        )
        == settings.tasks["legal"]
    )


def test_tables_of_extensions_are_kept_as_written(place: Place) -> None:
    """Their own config classes read them later; a key in them is not shown."""
    place.here('[providers.acme]\nkey = "canary"\n[ledgers.lab]\nuses = "sqlite"\n')
    settings, problems = place.read()

    assert problems == []
    assert [settings.tables[kind] for kind in ("providers", "ledgers", "observers")] == [
        {"acme": {"key": "canary"}},
        {"lab": {"uses": "sqlite"}},
        {},
    ]
    assert "canary" not in repr(settings)


# -- what is wrong ------------------------------------------------------------------------------------------


def test_all_problems_come_at_once(place: Place) -> None:
    """One run of the program shows the whole list, each line beginning with its path."""
    problems = place.problems(
        'stratgy = "a"\noffline = "no"\ncalls = 3\nproviders = ["acme"]\n'
        "[catalog]\nrefresh_hours = []\ntime_out = 3\n"
        '[tasks]\nplain = "x"\n'
        '[tasks.fast]\ntir = "free"\nneeds = ["visoin"]\ntier = "cheap"\ntask = "other"\n'
        "[ledgers]\nsqlite = 1\n"
    )

    assert sorted(problems) == [
        "calls: must be a table, [calls]",
        "catalog.refresh_hours: must be a number, not a list",
        "catalog.time_out: unknown key (did you mean 'timeout'?)",
        "ledgers.sqlite: must be a table, [ledgers.sqlite]",
        "offline: must be true or false, not text",
        "providers: must be a table, [providers]",
        "stratgy: unknown key (did you mean 'strategy' or 'strategies'?)",
        f"tasks.fast.needs[0]: must be one of {', '.join(Capability)} (did you mean 'vision'?)",
        "tasks.fast.task: unknown key; the table's own name is the task's",
        "tasks.fast.tier: must be one of free, budget, standard, premium",
        "tasks.fast.tir: unknown key (did you mean 'tier'?)",
        "tasks.plain: must be a table, [tasks.plain]",
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("attempts = 0", "calls.attempts: must be "),
        ("attempts = 2.5", "calls.attempts: must be a whole number, not a number"),
        ("attempts = true", "calls.attempts: must be a whole number, not true/false"),
        ('attempts = "3"', "calls.attempts: must be a whole number, not text"),
        ("deadline = -1", "calls.deadline: must be "),
        ("idle = nan", "calls.idle: must be a finite number"),
        ("idle = inf", "calls.idle: must be a finite number"),
        ("idle = [1]", "calls.idle: must be a number, not a list"),
        ("idle = {a = 1}", "calls.idle: must be a number, not a table"),
        ("zzz = 1", "calls.zzz: unknown key"),
    ],
)
def test_values_are_read_strictly(place: Place, line: str, problem: str) -> None:
    """Numbers are never read from strings, nor truth from numbers. The end of a sentence about a limit is
    written by the library that checks it.
    """
    (found,) = place.problems(f"[calls]\n{line}\n")

    assert problem == found[: len(problem)]


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("OFFLINE", "perhaps", "offline: must be true or false, not text"),
        ("CALLS_ATTEMPTS", "many", "calls.attempts: must be a whole number, not text"),
        ("CALLS_ATTEMPTS", "Infinity", "calls.attempts: must be a whole number, not a number"),
        ("CALLS_ATTEMPTS", "1e999999", "calls.attempts: must be a whole number, not a number"),
        ("CALLS_ATTEMPTS", "sNaN", "calls.attempts: must be a whole number, not a number"),
        ("CALLS_IDLE", "NaN", "calls.idle: must be a finite number"),
    ],
)
def test_wrong_variables_are_problems_with_a_path(place: Place, name: str, value: str, problem: str) -> None:
    """What stands in a variable is as strict as what stands in a file."""
    assert [problem] == place.read(**{f"POINTSMAN_{name}": value})[1]


def test_a_broken_file_leaves_the_other_standing(place: Place) -> None:
    """What can be read is read, so that the rest of its problems are found in the same run."""
    place.user('ledger = "kept"\nstratgy = 1\n')
    place.here(broken := "strategy = \n")
    settings, problems = place.read()

    assert settings.ledger == "kept"
    assert [
        f"{place.project / 'pointsman.toml'}: not a TOML file: {toml_error(broken)}",
        "stratgy: unknown key (did you mean 'strategy' or 'strategies'?)",
    ] == problems


def test_what_is_wrong_falls_back_to_the_default(place: Place) -> None:
    """Settings are usable, as far as a list of problems can be shown beside them."""
    place.here('strategy = 3\n[calls]\nidle = "x"\n[catalog]\ntimeout = "x"\n')
    settings, problems = place.read()

    assert ("", CallSettings(), CatalogSettings(), 3) == (
        settings.strategy,
        settings.calls,
        settings.catalog,
        len(problems),
    )
