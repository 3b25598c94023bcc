"""The yardstick of joining names counts rightly, and names of a few thousand models join in no time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pointsman.catalog.identity.compare import decide
from pointsman.catalog.identity.index import NameIndex, NameQuery
from pointsman.catalog.identity.match import Verdict
from pointsman.catalog.identity.name import parse
from pointsman.catalog.identity.record import parse_row
from pointsman.catalog.identity.rows import ListRow
from pointsman.catalog.identity.statistics import NameStatistics

OFFERS = Path("pricing", "openrouter", "models_2026-05.json")
SCRIPT = Path(__file__).resolve().parents[1] / "benchmarks" / "join.py"


def pair(left: str, right: str | None, *, same: bool, difficulty: str = "easy") -> str:
    """One labelled line."""
    return json.dumps(
        {
            "left_id": left,
            "right_id": right,
            "left_source": "one",
            "right_source": "two",
            "same": same,
            "category": "x",
            "difficulty": difficulty,
            "needs_metadata": False,
        }
    )


def test_precision_and_recall_are_counted(tmp_path: Path) -> None:
    """One hit, one miss, one false alarm, one rightly refused, and one row without a counterpart."""
    pairs = tmp_path / "pairs.jsonl"
    lines = [
        pair("gpt-5", "GPT 5", same=True),
        pair("gpt-5", "five", same=True, difficulty="hard"),
        pair("gpt-5", "gpt-5", same=False, difficulty="hard"),
        pair("gpt-5", "gpt-5-mini", same=False),
        pair("gpt-5", None, same=False),
    ]
    pairs.write_text("\n".join(lines))
    command = [sys.executable, str(SCRIPT), str(pairs), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)

    assert (report["overall"], report["difficulty"]["easy"]["precision"]) == (
        {"rows": 4, "same": 2, "said_same": 2, "unsure": 0, "precision": 0.5, "recall": 0.5},
        1.0,
    )


def test_what_the_files_say_beside_the_ids_is_asked(tmp_path: Path) -> None:
    """The folder above the pairs' own holds the files they name; without it the names alone decide."""
    price_list = tmp_path / "pricing" / "list.json"
    price_list.parent.mkdir()
    rows = [{"id": "alpaca-r1", "name": "Alpaca R1 0528"}, {"id": "alpaca-r1-0120"}, {"id": "zebra-3"}]
    price_list.write_text(json.dumps({"data": rows}))
    row = json.loads(pair("alpaca-r1", "wool/alpaca-r1-0528", same=True))
    pairs = tmp_path / "join" / "pairs.jsonl"
    pairs.parent.mkdir()
    pairs.write_text(
        json.dumps({**row, "left_file": "pricing/list.json (data[].id)", "right_file": "gone.json"})
    )
    command = [sys.executable, str(SCRIPT), str(pairs), "--json"]

    def recall(*options: str) -> float:
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
        report: float = json.loads(done.stdout)["overall"]["recall"]
        return report

    assert (recall(), recall("--names-only")) == (1.0, 0.0)


@pytest.mark.shared
def test_real_pairs_are_joined_as_well_as_is_required(shared_data: Path) -> None:
    """Precision and recall on the labelled pairs, as issued and where the names decide."""
    pairs = shared_data / "join" / "pairs_dev.jsonl"
    command = [sys.executable, str(SCRIPT), str(pairs), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    reached = [
        (figures["precision"], figures["recall"])
        for figures in (report["overall"], report["names_decide"]["yes"], report["names"])
    ]
    required = [(0.99, 0.95), (0.99, 0.965), (0.93, 0.72)]

    assert [one[0] >= two[0] and one[1] >= two[1] for one, two in zip(reached, required, strict=True)] == [
        True
    ] * 3, reached


@pytest.mark.shared
def test_no_price_list_sells_one_model_under_two_names(shared_data: Path) -> None:
    """Two ids of one list that are joined are nearly always an error; what is left are mostly aliases."""
    ids = [model["id"] for model in json.loads((shared_data / OFFERS).read_text())["data"]]
    rows = [parse_row(ListRow(each, place="list")) for each in ids]
    statistics = NameStatistics([("list", [row.name for row in rows])])
    joined = [
        (one.name.text, two.name.text)
        for place, one in enumerate(rows)
        for two in rows[place + 1 :]
        if one.name.digits == two.name.digits
        and (found := decide(one, two, statistics)).verdict is Verdict.SAME
        and not found.offer_differs
    ]

    assert len(joined) <= len(ids) / 50, joined


def test_thousands_against_thousands() -> None:
    """Three thousand names find their entries among three thousand, far faster than by comparing all."""
    families = [f"{family}{letter}" for family in ("alpaca", "beaver", "camel") for letter in "abcdefghij"]
    names = [
        f"{family}-{version}.{minor}-{size}b"
        for family in families
        for version in (1, 2, 3, 4, 5)
        for minor in (0, 5)
        for size in (1, 3, 7, 8, 13, 30, 70, 120, 235, 400)
    ]
    entries = [parse(f"maker/{name.replace('-', ' ')}") for name in names]
    begun = time.process_time()
    statistics = NameStatistics(makers=frozenset({"maker"}))
    index = NameIndex(((entry, entry.text) for entry in entries), statistics)
    found = [index.find(NameQuery.of(parse(name), statistics)) for name in names]
    taken = time.process_time() - begun

    assert [len(each) for each in found] == [1] * len(names)
    assert taken < 20, taken
