"""Ratings of LMArena."""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman import Facts, FeedError, Scale, Score
from pointsman.http import Answer
from pointsman.testing import BenchmarkSourceTests, FakeHttp
from pointsman_lmarena import (
    TEXT,
    VISION,
    Catalogue,
    Config,
    DailyConfig,
    Front,
    pointsman_benchmark_sources,
    read,
    read_board,
)

NOW = datetime(2026, 8, 23, tzinfo=UTC)
SCALE = Scale(0, 3000)
WILD = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def rated(rating: Any) -> dict[str, Any]:
    """One entry of the catalogue."""
    return {"rating": rating, "rating_q975": 1500.0, "rating_q025": 1400.0}


def board(*models: Any, at: Any = "2026-04-19T04:38:02.616313+00:00") -> dict[str, Any]:
    """One board of a daily copy."""
    return {
        "meta": {"leaderboard": "text", "fetched_at": at, "model_count": len(models)},
        "models": [*models],
    }


def place(model: Any = "alpaca-5", **more: Any) -> dict[str, Any]:
    """One row of a board."""
    return {"rank": 1, "model": model, "vendor": "Acme", "license": "open", "score": 1505, "ci": 11, **more}


CHANGES = [{"sha": "c9558b6", "commit": {"committer": {"name": "a", "date": "2025-12-17T16:51:29Z"}}}]
LATEST = {"date": "2026-04-19", "path": "2026-04-19"}


class TestCatalogue(BenchmarkSourceTests):
    """The catalogue passes the kit."""

    @pytest.fixture
    def source(self) -> Catalogue:
        return Catalogue()

    @pytest.fixture
    def feed(self) -> tuple[Any, ...]:
        text = {"full": {"alpaca-5": rated(1450.5)}, "german": {"alpaca-5": rated(1440.5)}}
        return (CHANGES, text, {"full": {"alpaca-5": rated(1300.5)}})


class TestFront(BenchmarkSourceTests):
    """The daily copy passes the kit."""

    @pytest.fixture
    def source(self) -> Front:
        return Front()

    @pytest.fixture
    def feed(self) -> tuple[Any, ...]:
        return (LATEST, board(place()), board(place()), board(place(), place("beaver-2")))


def test_a_kind_of_prompt_is_a_benchmark_of_its_category() -> None:
    """A kind nobody declared is a cut of the same votes and is not read."""
    document = {
        "full": {"alpaca-5": rated(1450.5)},
        "hard_6": {"alpaca-5": rated(1461)},
        "no_tie": {"alpaca-5": rated(1400)},
    }

    assert read(document, TEXT, NOW) == (
        Score("alpaca-5", "lmarena_text_full", "general", 1450.5, NOW, SCALE),
        Score("alpaca-5", "lmarena_text_hard_6", "reasoning", 1461.0, NOW, SCALE),
    )


def test_pictures_are_a_board_of_their_own() -> None:
    """The same kind means something else there."""
    (score,) = read({"full": {"alpaca-5": rated(1300.0)}}, VISION, NOW)

    assert (score.benchmark, score.category) == ("lmarena_vision_full", "vision")


def test_a_daily_row_has_all_it_tells() -> None:
    """Whose model it is, whether it can be had, and when the copy was made."""
    (score,) = read_board(board(place()), "code", NOW)
    made = datetime(2026, 4, 19, 4, 38, 2, 616313, tzinfo=UTC)

    assert score == Score(
        "alpaca-5",
        "lmarena_daily_code",
        "coding",
        1505.0,
        made,
        SCALE,
        "Acme",
        facts=Facts(open_weights=True),
    )


def test_a_model_in_somebodys_agent_is_left_out() -> None:
    """It says something of the agent."""
    rows = [place("alpaca-5 (acme-harness)"), place("alpaca-5 (high)")]

    assert [score.model for score in read_board(board(*rows), "code", NOW)] == ["alpaca-5 (high)"]


@pytest.mark.parametrize("at", ["2099-01-01T00:00:00+00:00", "13 days ago", None, 7])
def test_a_date_that_cannot_be_is_today(at: Any) -> None:
    """Neither one to come nor none."""
    (score,) = read_board(board(place(), at=at), "text", NOW)

    assert score.as_of == NOW


def test_a_row_that_is_none_costs_that_row_only() -> None:
    """A rating that is none, a name that cannot be shown, a model that came before."""
    good = [place(f"a-{number}") for number in range(8)]
    bad: list[Any] = [
        place("b", score="1505"),
        place("c", score=10**9),
        place("d", score=True),
        place("e", score=None),
        place("\x1b[1m"),
        place(None),
        7,
    ]

    assert [score.model for score in read_board(board(*good, *bad, good[0]), "text", NOW)] == [
        f"a-{number}" for number in range(8)
    ]


def test_the_folder_of_the_day_is_asked_for() -> None:
    """Named by latest.json."""
    http = FakeHttp(LATEST, *[board(place())] * 3)
    asyncio.run(Front(DailyConfig("https://mirror.example/data/")).scores(http))

    assert [sent.url.removeprefix("https://mirror.example/data/") for sent in http.sent] == [
        "latest.json",
        "2026-04-19/text.json",
        "2026-04-19/code.json",
        "2026-04-19/vision.json",
    ]


@pytest.mark.parametrize("path", [None, "", "../../elsewhere", "a\r\nb", 7])
def test_a_folder_that_is_none_is_an_error(path: Any) -> None:
    """Nothing is fetched from elsewhere."""
    http = FakeHttp({"path": path})
    with pytest.raises(FeedError, match="names no folder"):
        asyncio.run(Front().scores(http))

    assert len(http.sent) == 1


def test_the_files_of_the_catalogue_are_fetched() -> None:
    """Text and pictures."""
    entry = {"full": {"alpaca-5": rated(1450.5)}}
    http = FakeHttp(entry, entry)
    asyncio.run(Catalogue(Config("https://mirror.example/data", history_url="")).scores(http))

    assert [sent.url for sent in http.sent] == [
        "https://mirror.example/data/leaderboard-text-style-control.json",
        "https://mirror.example/data/leaderboard-vision-style-control.json",
    ]


def test_the_catalogue_is_as_old_as_its_last_change() -> None:
    """Where somebody says it, and says it sensibly; otherwise it is of today, and still read."""
    entry = {"full": {"alpaca-5": rated(1450.5)}}
    began = datetime.now(UTC)
    for answer in (Answer(403, {}, b"{}"), [], {"message": "no"}, [{"commit": {"committer": {"date": 7}}}]):
        scores = asyncio.run(Catalogue().scores(FakeHttp(answer, entry, entry)))

        assert all(score.as_of >= began for score in scores)
    dated = asyncio.run(Catalogue().scores(FakeHttp(CHANGES, entry, entry)))

    assert {score.as_of for score in dated} == {datetime(2025, 12, 17, 16, 51, 29, tzinfo=UTC)}


@settings(deadline=None)
@given(WILD)
def test_whatever_a_file_holds_it_is_read_or_refused(wild: Any) -> None:
    """Nothing else is raised, wherever in the documents it stands."""
    for document in (wild, {"full": wild}, {"full": {"a": wild}}, {"full": {"a": rated(wild)}}):
        with contextlib.suppress(FeedError):
            assert all(0 <= score.value <= 3000 for score in read(document, TEXT, NOW))
    for document in (
        wild,
        board(wild),
        board(place(wild)),
        board(place(score=wild)),
        board(place(vendor=wild)),
    ):
        with contextlib.suppress(FeedError):
            assert all(0 <= score.value <= 3000 for score in read_board(document, "text", NOW))


def test_whose_data_it_is_is_said() -> None:
    """Address and licence of both."""
    licences = [(each.name, each.origin and each.origin.licence) for each in pointsman_benchmark_sources()]

    assert licences == [("lmarena", "none stated"), ("lmarena-daily", "MIT")]


def test_the_recorded_catalogue_is_read_whole(shared_data: Path) -> None:
    """Every model of every declared kind."""
    file = shared_data / "benchmarks" / "lmarena" / "arena-catalog_leaderboard-text-style-control.json"
    document = json.loads(file.read_text())
    scores = read(document, TEXT, NOW)
    german = {score.model: score.value for score in scores if score.benchmark == "lmarena_text_german"}

    assert len(scores) == sum(len(document[kind]) for kind in TEXT) == 3075
    assert german == {model: entry["rating"] for model, entry in document["german"].items()}


@pytest.mark.parametrize(
    ("name", "count", "first"), [("text", 50, 1505), ("code", 58, 1583), ("vision", 20, 1302)]
)
def test_the_recorded_boards_are_read_whole(shared_data: Path, name: str, count: int, first: int) -> None:
    """Every model of every board that plays alone."""
    file = shared_data / "benchmarks" / "lmarena" / f"arena_ai_2026-04-19_{name}.json"
    scores = read_board(json.loads(file.read_text()), name, NOW)

    assert (len(scores), scores[0].value) == (count, first)
