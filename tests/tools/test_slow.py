"""Everything slow is a step: no benchmark is left out, and what the table measures is not measured twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.slow import BENCHMARKS, DATA, NEEDS, chosen, programs, steps
from tools.tries import TRIES


def test_every_program_is_a_step() -> None:
    """Those that the table does not run, the table, the soak, every try, the release."""
    names = [step.name for step in steps()]
    soak = ["soak"] if (BENCHMARKS / "soak.py").exists() else []
    table = ["benchmark table"] if (BENCHMARKS / "__main__.py").exists() else []

    assert names == [
        *(f"tests {name}" for name in TRIES),
        "release rehearsal",
        *table,
        *(f"benchmark {name}" for name in programs()),
        *soak,
    ]


def test_what_the_table_runs_has_no_row_of_its_own(tmp_path: Path) -> None:
    """A module that is only imported has none either."""
    main = 'if __name__ == "__main__":\n    main()\n'
    for name in ("alone", "covered", "soak"):
        (tmp_path / f"{name}.py").write_text(main)
    (tmp_path / "helper.py").write_text("")
    (tmp_path / "__main__.py").write_text(f"from tests.benchmarks import covered\n{main}")

    assert programs(tmp_path) == ("alone",)


def test_what_is_said_about_benchmarks_is_about_some() -> None:
    """No line for one that is gone."""
    assert {*DATA, *NEEDS} <= set(programs())


@pytest.mark.parametrize(("names", "first"), [(["release"], "release rehearsal"), ([], "tests lowest")])
def test_steps_are_chosen_by_the_beginning_of_their_name(names: list[str], first: str) -> None:
    """All without any."""
    assert chosen(names)[0].name == first
