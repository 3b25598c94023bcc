"""Scores collected by LLM Stats."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import io
import json
import tarfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman import FRACTION, Facts, FeedError, Score
from pointsman.sources import ScoreFeed
from pointsman.testing import BenchmarkSourceTests, FakeHttp
from pointsman_llm_stats import CATEGORIES, Config, cards, pointsman_benchmark_sources, read, source

NOW = datetime(2026, 8, 23, tzinfo=UTC)
MODEL = {
    "model_id": "alpaca-5",
    "name": "Alpaca 5",
    "organization_id": "acme",
    "release_date": "2025-04-16",
    "license_id": "proprietary",
}
WILD = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def row(benchmark: Any = "gpqa", score: Any = 0.833, **more: Any) -> dict[str, Any]:
    """One row of a model, measured by somebody else."""
    return {
        "benchmark_id": benchmark,
        "score": score,
        "is_self_reported": False,
        "self_reported_source_link": "https://lab.example/alpaca-5",
        "created_at": "2025-07-19T19:56:12.380617+00:00",
        **more,
    }


def archive(files: dict[str, Any]) -> bytes:
    """A tar.gz of these files; what is no bytes is written as JSON."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as into:
        for name, value in files.items():
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            info = tarfile.TarInfo(f"llm-leaderboard-main/data/{name}")
            info.size = len(body)
            into.addfile(info, io.BytesIO(body))
    return packed.getvalue()


def collection(*benchmarks: Any) -> bytes:
    """The archive with one model that has these rows."""
    base = "organizations/acme/models/alpaca-5"
    return archive({f"{base}/model.json": MODEL, f"{base}/benchmarks.json": [*benchmarks]})


def card(*benchmarks: Any, **about: Any) -> dict[str, dict[str, Any]]:
    """The same, as `cards` gives it."""
    return {"acme/alpaca-5": {"model": {**MODEL, **about}, "benchmarks": [*benchmarks]}}


class TestLlmStats(BenchmarkSourceTests):
    """The collection passes the kit."""

    @pytest.fixture
    def source(self) -> ScoreFeed:
        return source(Config())

    @pytest.fixture
    def feed(self) -> tuple[Any, ...]:
        return (collection(row(), row("math", 0.5)),)


def test_a_row_has_everything_the_files_tell() -> None:
    """A share of one, with the model's name, its day and its licence."""
    (score,) = read(cards(collection(row())), NOW)
    facts = Facts(known_as=("Alpaca 5",), released=date(2025, 4, 16), open_weights=False)
    added = datetime(2025, 7, 19, 19, 56, 12, 380617, tzinfo=UTC)

    assert score == Score(
        "acme/alpaca-5", "llm_stats_gpqa", "reasoning", 0.833, added, FRACTION, "acme", facts=facts
    )


@pytest.mark.parametrize("own", [True, None, "no"])
def test_what_a_maker_says_of_its_own_model_is_left_out(own: Any) -> None:
    """Unless it is wanted; what does not say is taken for the maker's."""
    rows = card(row(is_self_reported=own), row("math", 0.5))

    assert [score.benchmark for score in read(rows, NOW)] == ["llm_stats_math"]
    assert [score.benchmark for score in read(rows, NOW, self_reported=True)] == [
        "llm_stats_gpqa",
        "llm_stats_math",
    ]


def test_a_row_that_is_none_costs_that_row_only() -> None:
    """No score, one off its scale, a placeholder, a benchmark nobody declared, a row that came before."""
    rows = [
        row("cfeval", 0.5),
        row("mmlu", 2134),
        row("math", "0.5"),
        row("drop", float("nan")),
        row("mgsm", None),
        row("bbh", True),
        row("mbpp", self_reported_source_link="https://example.com/benchmark-image"),
        row(7),
        "row",
        row("gsm8k", 0.25, created_at="2099-01-01"),
        row("gsm8k", 0.75),
    ]

    assert [(score.benchmark, score.value, score.as_of) for score in read(card(*rows), NOW)] == [
        ("llm_stats_gsm8k", 0.25, NOW)
    ]


@pytest.mark.parametrize(
    ("licence", "is_open"), [("mit", True), ("proprietary", False), (None, None), (7, None)]
)
def test_a_licence_tells_whether_the_weights_are_open(licence: Any, is_open: bool | None) -> None:
    """Only where there is one."""
    (score,) = read(card(row(), license_id=licence), NOW)

    assert score.facts.open_weights is is_open


def test_only_the_files_of_models_are_read() -> None:
    """A file that is no JSON, or far too large, is left out."""
    body = archive(
        {
            "organizations/acme/organization.json": {"name": "Acme"},
            "organizations/acme/models/a/benchmarks.json": b"<html>",
            "organizations/acme/models/b/benchmarks.json": json.dumps([row()]).encode() + b" " * (1 << 20),
            "organizations/acme/models/c/benchmarks.json": b"[" * 100_000,
            "organizations/acme/models/d/benchmarks.json": [row()],
        }
    )

    assert [score.model for score in read(cards(body), NOW)] == ["acme/d"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        gzip.compress(b"no archive"),
        gzip.compress(gzip.decompress(collection(row())) + bytes(64 << 20)),
    ],
    ids=["empty", "page", "text", "bomb"],
)
def test_what_is_no_archive_is_an_error(body: bytes) -> None:
    """A bomb is cut off."""
    with pytest.raises(FeedError):
        read(cards(body), NOW)


def test_only_plain_files_are_followed() -> None:
    """A link in an archive leads anywhere."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as into:
        into.addfile(tarfile.TarInfo("data/organizations/acme/models/a/benchmarks.json"))
        link = tarfile.TarInfo("data/organizations/acme/models/b/benchmarks.json")
        link.type, link.linkname = tarfile.SYMTYPE, "../../../../../../etc/passwd"
        into.addfile(link)

    assert cards(packed.getvalue()) == {"acme/a": {"benchmarks": None}}


@settings(deadline=None)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
def test_a_damaged_archive_is_read_or_refused(place: int, other: bytes) -> None:
    """Whichever bytes of it are others, packed or not."""
    packed = collection(row())
    plain = bytearray(gzip.decompress(packed))
    for body, whole in ((bytearray(packed), True), (plain, False)):
        start = place % len(body)
        body[start : start + len(other)] = other
        with contextlib.suppress(FeedError):
            scores = read(cards(bytes(body) if whole else gzip.compress(bytes(body), 1)), NOW)

            assert all(0 <= score.value <= 1 for score in scores)


@settings(deadline=None)
@given(WILD)
def test_whatever_a_file_holds_it_is_read_or_refused(wild: Any) -> None:
    """Nothing else is raised, wherever it stands."""
    fields = ("benchmark_id", "score", "is_self_reported", "self_reported_source_link", "created_at")
    for found in (
        {"acme/a": {"model": wild, "benchmarks": wild}},
        card(wild),
        card(row(), name=wild, organization_id=wild, release_date=wild, license_id=wild),
        *(card(row(**{key: wild})) for key in fields if key not in {"benchmark_id", "score"}),
        card(row(wild)),
        card(row(score=wild)),
    ):
        with contextlib.suppress(FeedError):
            assert all(0 <= score.value <= 1 for score in read(found, NOW, self_reported=True))


def test_the_address_is_a_setting() -> None:
    """For mirrors and pins."""
    http = FakeHttp(collection(row()))
    asyncio.run(source(Config(url="https://mirror.example/x.tar.gz")).scores(http))

    assert [sent.url for sent in http.sent] == ["https://mirror.example/x.tar.gz"]


def test_whose_data_it_is_is_said() -> None:
    """Address, licence and what it asks for."""
    ((name, origin),) = [(each.name, each.origin) for each in pointsman_benchmark_sources()]

    assert (name, origin and origin.licence, bool(origin and origin.attribution)) == (
        "llm-stats",
        "CC-BY-4.0",
        True,
    )


def test_the_recorded_collection_is_read_whole(shared_data: Path) -> None:
    """Packed as its repository packs it: what others measured, and with all that makers say."""
    recorded = json.loads((shared_data / "benchmarks" / "llm_stats" / "models_2025-10-16.json").read_text())
    files = {}
    for name, entry in recorded.items():
        creator, _, model = name.partition("/")
        for part, value in entry.items():
            files[f"organizations/{creator}/models/{model}/{part}.json"] = value
    found = cards(archive(files))
    own = read(found, NOW, self_reported=True)
    values = {(score.model, score.benchmark): score.value for score in own}

    assert found == recorded
    assert {(score.model, score.value) for score in read(found, NOW)} == {
        ("anthropic/claude-opus-4-20250514", 0.086),
        ("google/gemini-2.5-pro", 0.049),
        ("openai/o3-2025-04-16", 0.065),
    }
    assert (values["openai/o3-2025-04-16", "llm_stats_gpqa"], len(own)) == (0.833, 1355)
    assert {score.benchmark for score in own} == {f"llm_stats_{name}" for name in CATEGORIES}
