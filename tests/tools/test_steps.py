"""Steps run whatever becomes of each, and the table says what became of all."""

from __future__ import annotations

import itertools

import pytest

from tools.steps import Result, State, Step, main, table, take


def broken() -> Result:
    """A step that raises."""
    raise RuntimeError("no luck\nat all")


STEPS = [
    Step("one", lambda: Result(State.PASSED, "5 passed")),
    Step("longer name", broken),
    Step("three", lambda: Result(State.MISSING, "no such Python")),
]


def test_every_step_has_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    """Name, state, seconds, remark; what went wrong is shown in full above."""
    rows = take(STEPS, clock=itertools.count(step=2).__next__)

    assert table(rows).splitlines() == [
        "one          passed        2 s  5 passed",
        "longer name  FAILED        2 s  RuntimeError: no luck",
        "three        NOT RUN       2 s  no such Python",
        "1 passed, 1 failed, 1 not run",
    ]
    assert "no luck\nat all" in capsys.readouterr().out


@pytest.mark.parametrize(("steps", "code"), [(STEPS, 1), (STEPS[::2], 0), ([], 0)])
def test_only_a_failure_fails(steps: list[Step], code: int) -> None:
    """What could not be run says nothing, and says so."""
    assert code == main(steps)
