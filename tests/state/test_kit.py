"""The kit for shared states passes what is right and fails what is wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pointsman.protocols import SharedState
from pointsman.testing import SharedStateTests, agreement

from tests.state.model import Model
from tests.state.tiny_state import TinyState

pytest_plugins = ("pytester",)

HEAD = """
    import pytest
    from pointsman.testing import SharedStateTests
    from tests.state.model import Model
    from tests.state.tiny_state import TinyState
"""
KIT = """
    class Test{number}(SharedStateTests):
        @pytest.fixture
        def make_state(self):
            model = Model()
            return lambda: TinyState(model, {flaw!r})
"""
FLAWS = {
    "last deadline wins": {"test_the_later_deadline_wins"},
    "forgets at once": {"test_a_deadline_that_has_passed_is_remembered"},
    "clears all": {"test_what_was_set_later_is_not_cleared"},
    "adds some": {"test_all_or_nothing", "test_claims_on_one_counter_see_each_other"},
    "asks, then adds": {"test_many_at_once"},
    "counts who leaves": {"test_who_leaves_does_no_harm"},
    "keeps to limits": {"test_adjusting_knows_no_limit_but_zero"},
    "counts in floats": {"test_without_a_limit_all_is_counted"},
    "leases to all": {
        "test_a_name_is_leased_to_one",
        "test_a_lease_ends_by_itself",
        "test_of_many_exactly_one_gets_it",
        "test_what_lasts_outlives_the_process",
    },
    "releases for anybody": {"test_a_name_is_leased_to_one"},
    "keeps text": {"test_bytes_are_kept_as_they_are"},
    "keeps for ever": {"test_bytes_are_kept_until_their_time"},
    "shares nothing": {
        "test_many_at_once",
        "test_a_name_is_leased_to_one",
        "test_a_lease_ends_by_itself",
        "test_of_many_exactly_one_gets_it",
        "test_others_see_a_cooldown",
        "test_others_see_counts_and_bytes",
        "test_what_lasts_outlives_the_process",
    },
}


class TestTinyState(SharedStateTests):
    """Dictionaries."""

    @pytest.fixture
    def make_state(self) -> Callable[[], SharedState]:
        """Every state is over the same ones."""
        model = Model()
        return lambda: TinyState(model)


def test_flawed_states_fail(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each flaw is found by the tests that are about it, and by no other."""
    monkeypatch.setattr(agreement, "_PATIENCE", 0.6)
    kits = [KIT.format(number=number, flaw=flaw) for number, flaw in enumerate(FLAWS)]
    pytester.makepyfile(HEAD + "".join(kits))
    _, _, failed = pytester.inline_run("-p", "no:cacheprovider", "-q", "--tb=no").listoutcomes()
    found: dict[str, set[str]] = {flaw: set() for flaw in FLAWS}
    for report in failed:
        assert isinstance(report, pytest.TestReport)
        kit, _, test = report.location[2].partition(".")
        found[list(FLAWS)[int(kit.removeprefix("Test"))]].add(test.partition("[")[0])

    assert found == FLAWS
