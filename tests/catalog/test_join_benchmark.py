"""The yardstick of joining names counts rightly, and names of a few thousand models join in no time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pointsman.catalog.identity import parse
from pointsman.catalog.index import Index

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
    told = json.loads(done.stdout)

    assert (told["overall"], told["difficulty"]["easy"]["precision"]) == (
        {"rows": 4, "same": 2, "said_same": 2, "unsure": 0, "precision": 0.5, "recall": 0.5},
        1.0,
    )


@pytest.mark.shared
def test_real_pairs_are_joined_as_well_as_ever(shared_data: Path) -> None:
    """On the labelled pairs whose names decide, joining does not get worse than it was measured to be."""
    pairs = shared_data / "join" / "pairs_dev.jsonl"
    command = [sys.executable, str(SCRIPT), str(pairs), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)["names_decide"]["yes"]

    assert (told["precision"] >= 0.96, told["recall"] >= 0.83) == (True, True)


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
    index = Index(((entry, entry.text) for entry in entries), frozenset({"maker"}))
    found = [index.find(parse(name)) for name in names]
    taken = time.process_time() - begun

    assert [len(each) for each in found] == [1] * len(names)
    assert taken < 20, taken
