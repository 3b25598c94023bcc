"""Scores of SWE-bench."""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman import Facts, FeedError, Score
from pointsman.sources import ScoreFeed
from pointsman.testing import BenchmarkSourceTests, FakeHttp
from pointsman_swebench import Config, pointsman_benchmark_sources, read, source

NOW = datetime(2026, 8, 23, tzinfo=UTC)
WILD = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def entry(model: str = "alpaca-5", **more: Any) -> dict[str, Any]:
    """One run of the small agent."""
    return {
        "name": "Alpaca 5 (2025-11-24)",
        "folder": "20251125_mini-v1.16.0_alpaca-5",
        "resolved": 74.4,
        "date": "2025-11-25",
        "tags": [f"Model: {model}", "Org: Acme", "System: Attempts - 1"],
        "os_model": False,
        "checked": None,
        **more,
    }


def boards(*results: Any, name: str = "Verified") -> dict[str, Any]:
    """The document, with one board."""
    return {"leaderboards": [{"name": name, "results": [*results]}]}


class TestSweBench(BenchmarkSourceTests):
    """The boards pass the kit."""

    @pytest.fixture
    def source(self) -> ScoreFeed:
        return source(Config(accept_licence=True))

    @pytest.fixture
    def feed(self) -> tuple[Any, ...]:
        both = boards(entry(), entry("beaver-2"))["leaderboards"]
        return ({"leaderboards": [*both, *boards(entry(), name="bash-only")["leaderboards"]]},)


def test_an_entry_has_everything_the_board_tells() -> None:
    """By its tag; the display name is another name of the model."""
    (score,) = read(boards(entry(model_release_date=20251124)), NOW)
    facts = Facts(known_as=("Alpaca 5 (2025-11-24)",), released=date(2025, 11, 24), open_weights=False)
    ran = datetime(2025, 11, 25, tzinfo=UTC)

    assert score == Score("alpaca-5", "swe_bench_verified", "coding", 74.4, ran, creator="Acme", facts=facts)


@pytest.mark.parametrize(
    ("fields", "mode"),
    [
        ({"name": "Alpaca 5 medium (20251101)"}, " (medium)"),
        ({"name": "Alpaca 5 (2025-11-13) (medium reasoning)"}, " (medium)"),
        ({"name": "Alpaca 5 (high)"}, " (high)"),
        ({"name": "Alpaca 5", "reasoning_effort": "High"}, " (high)"),
        ({"name": "Alpaca 5 (high)", "reasoning_effort": "low"}, " (low)"),
        ({"name": "Alpaca 5 (high)", "reasoning_effort": "as in the paper"}, " (high)"),
        ({"name": "Alpaca 5 Max 480B", "reasoning_effort": None}, ""),
        ({"name": "Alpaca 5 (T=1)"}, ""),
        ({"name": None}, ""),
    ],
)
def test_the_mode_is_no_part_of_the_model(fields: dict[str, Any], mode: str) -> None:
    """By its own field, or at the end of the display name."""
    (score,) = read(boards(entry(**fields)), NOW)

    assert score.model == f"alpaca-5{mode}"


def test_only_one_agent_compares_models() -> None:
    """Products, several models at once, and boards nobody declared are left out."""
    document = {
        "leaderboards": [
            {"name": "Lite", "results": [entry("other-board")]},
            {
                "name": "Verified",
                "results": [
                    entry("product", folder="20251120_acme_agent"),
                    entry(tags=["Model: a-1", "Model: b-1"]),
                    entry("https://huggingface.co/acme/alpaca-5"),
                ],
            },
        ]
    }

    assert [score.model for score in read(document, NOW)] == ["acme/alpaca-5"]


def test_a_run_on_two_boards_counts_once_and_the_newest_counts() -> None:
    """Generations of the agent are benchmarks of their own; versions before 1 belong to the first."""
    rows = [
        entry(folder="20250720_mini-v0.0.0-alpaca-5", date="2025-07-20", resolved=60.0),
        entry(),
        entry(folder="20260217_mini-v2.0.0_alpaca-5", date="2026-02-17", resolved=76.8),
    ]
    document = {
        "leaderboards": boards(*rows)["leaderboards"] + boards(entry(), name="bash-only")["leaderboards"]
    }

    assert [(score.benchmark, score.value) for score in read(document, NOW)] == [
        ("swe_bench_verified", 74.4),
        ("swe_bench_verified_v2", 76.8),
    ]


def test_an_entry_that_is_none_costs_that_entry_only() -> None:
    """No tag, no share, a share off the scale, a day to come."""
    good = [entry(f"a-{number}", date="2099-01-01") for number in range(4)]
    bad = [entry(tags=[]), entry(resolved=None), entry(resolved=101), entry("\x1b[1m")]
    scores = read(boards(*good, *bad), NOW)

    assert [(score.model, score.as_of) for score in scores] == [(f"a-{number}", NOW) for number in range(4)]


@pytest.mark.parametrize("document", [None, [], {"leaderboards": []}, boards(), boards(entry(), name="Lite")])
def test_a_document_without_such_entries_is_an_error(document: Any) -> None:
    """The last good scores then stay."""
    with pytest.raises(FeedError, match="none of 0 rows"):
        read(document, NOW)


@settings(deadline=None)
@given(WILD)
def test_whatever_the_document_holds_it_is_read_or_refused(wild: Any) -> None:
    """Nothing else is raised, wherever it stands."""
    fields = ("name", "tags", "resolved", "date", "os_model", "model_release_date", "reasoning_effort")
    for document in (wild, boards(wild), *(boards(entry(**{key: wild})) for key in fields)):
        with contextlib.suppress(FeedError):
            assert all(0 <= score.value <= 100 for score in read(document, NOW))


@pytest.mark.parametrize("said", [False, "yes", None])
def test_it_is_off_until_its_user_accepts_the_licence(said: Any) -> None:
    """Without the setting there is no config; with anything but true it is a problem of the configuration."""
    with pytest.raises(TypeError, match="accept_licence"):
        Config()
    with pytest.raises(ValueError, match=r"must be true: the data is CC-BY-NC-4\.0"):
        Config(accept_licence=said)


def test_the_address_is_a_setting() -> None:
    """For mirrors and pins."""
    http = FakeHttp(boards(entry()))
    asyncio.run(source(Config(accept_licence=True, url="https://mirror.example/b.json")).scores(http))

    assert [sent.url for sent in http.sent] == ["https://mirror.example/b.json"]


def test_whose_data_it_is_is_said() -> None:
    """Address, licence and what it asks for."""
    ((name, origin),) = [(each.name, each.origin) for each in pointsman_benchmark_sources()]

    assert (name, origin and origin.licence, bool(origin and origin.attribution)) == (
        "swebench",
        "CC-BY-NC-4.0",
        True,
    )


def test_the_recorded_boards_are_read_whole(shared_data: Path) -> None:
    """The 31 runs of the small agent, each of which stands on two boards."""
    file = shared_data / "benchmarks" / "swebench" / "leaderboards_2025-12-10_slim.json"
    scores = {score.model: score.value for score in read(json.loads(file.read_text()), NOW)}

    assert (len(scores), scores["claude-opus-4-5-20251101 (medium)"], scores["Kimi-K2-Instruct"]) == (
        31,
        74.4,
        43.8,
    )
