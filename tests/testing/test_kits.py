"""The kits pass what is right and fail what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest
from pointsman.protocols import BenchmarkSource, Ledger, PricingSource, Provider, Strategy
from pointsman.testing import (
    BenchmarkSourceTests,
    LedgerTests,
    OpenAIUpstream,
    PricingSourceTests,
    ProviderTests,
    StrategyTests,
)
from pointsman.types import Call, Secret

from tests.testing.tiny import TinyProvider, TinySource, TinyStrategy
from tests.testing.tiny_ledger import TinyLedger

pytest_plugins = ("pytester",)

FEED = [["large", "3.50"], ["small", "0.10"]]


class TestTinyProvider(ProviderTests):
    """A small provider that says what it cannot do."""

    supports_json_schema: ClassVar[bool] = False
    supports_images: ClassVar[bool] = False

    @pytest.fixture
    def upstream(self) -> Iterator[OpenAIUpstream]:
        """A server of its dialect."""
        with OpenAIUpstream.in_thread(key=self.key) as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: OpenAIUpstream) -> Provider:
        """The provider, without flaws."""
        return TinyProvider(upstream.base_url, Secret(self.key or ""))


class TestTinyPrices(PricingSourceTests):
    """A small price list."""

    @pytest.fixture
    def source(self) -> PricingSource:
        """The source."""
        return TinySource()

    @pytest.fixture
    def feed(self) -> tuple[object, ...]:
        """What it reads."""
        return (FEED,)


class TestTinyScores(BenchmarkSourceTests):
    """A small leaderboard."""

    @pytest.fixture
    def source(self) -> BenchmarkSource:
        """The source."""
        return TinySource()

    @pytest.fixture
    def feed(self) -> tuple[object, ...]:
        """What it reads."""
        return (FEED,)


class TestTinyStrategy(StrategyTests):
    """The alphabet."""

    @pytest.fixture
    def strategy(self) -> Strategy:
        """The strategy."""
        return TinyStrategy()


class TestTinyLedger(LedgerTests):
    """A dictionary."""

    @pytest.fixture
    def make_ledger(self) -> Callable[[], Ledger]:
        """Every ledger is over the same rows."""
        rows: dict[str, Call] = {}
        return lambda: TinyLedger(rows)


Failures = Callable[[str, str], set[str]]


@pytest.fixture
def failures(pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]) -> Failures:
    """Runs a kit and returns the names of the standard tests that fail."""

    def run(kit: str, fixtures: str) -> set[str]:
        try:
            return failed_in(pytester, kit, fixtures)
        finally:
            capsys.readouterr()  # the report of a flaw that shows a key shows it too

    return run


def failed_in(pytester: pytest.Pytester, kit: str, fixtures: str) -> set[str]:
    """Names of the standard tests of `kit` that fail for a subject with a flaw."""
    head = f"""
        import pytest
        from pointsman.testing import {kit}, OpenAIUpstream
        from pointsman.types import Secret
        from tests.testing.tiny import TinyProvider, TinySource, TinyStrategy
        from tests.testing.tiny_ledger import TinyLedger

        class TestFlawed({kit}):
    """
    pytester.makepyfile(head + "".join("    " + line for line in fixtures.splitlines(keepends=True)))
    result = pytester.inline_run("-p", "no:cacheprovider", "-q")
    _, _, failed = result.listoutcomes()
    reports = [report for report in failed if isinstance(report, pytest.TestReport)]
    assert [report.when for report in reports] == ["call"] * len(failed)
    return {report.location[2].partition(".")[2].partition("[")[0] for report in reports}


PROVIDER = """
            supports_json_schema = supports_images = False

            @pytest.fixture
            def upstream(self):
                with OpenAIUpstream.in_thread(key=self.key) as upstream:
                    yield upstream

            @pytest.fixture
            def provider(self, upstream):
                return TinyProvider(upstream.base_url, Secret(self.key), {flaw!r})
"""


@pytest.mark.parametrize(
    ("flaw", "expected"),
    [
        ("", set()),
        ("shows its key", {"test_the_key_goes_out_and_is_never_shown"}),
        ("remembers models", {"test_asks_for_the_list_every_time", "test_a_list_that_is_none_is_an_error"}),
        ("lists twice", {"test_lists_well_formed_models"}),
        (
            "renames errors",
            {"test_a_refusal_has_the_right_class", "test_the_key_goes_out_and_is_never_shown"},
        ),
        ("believes anything", {"test_what_is_no_answer_is_an_error"}),
        ("believes a cut stream", {"test_a_stream_cut_short_is_an_error"}),
        ("forgets usage", {"test_chat_answers", "test_a_stream_adds_up"}),
        ("ends the call", {"test_it_arrives_or_is_refused"}),
        (
            "drops tools",
            {"test_it_arrives_or_is_refused", "test_tools_pass_through", "test_streamed_tool_calls_add_up"},
        ),
        ("mixes results up", {"test_results_go_to_their_calls"}),
        ("turns parts round", {"test_parts_stay_in_order"}),
        ("sends thoughts to anybody", {"test_thoughts_of_another_stay_behind"}),
    ],
)
def test_a_flawed_provider_fails(failures: Failures, flaw: str, expected: set[str]) -> None:
    """Each flaw is found by the tests that are about it, and by no other."""
    found = failures("ProviderTests", PROVIDER.format(flaw=flaw))

    assert found == expected


@pytest.mark.parametrize(
    ("flaw", "expected"),
    [("ranks twice", "test_ranks_what_it_was_given"), ("not a number", "test_figures_are_figures")],
)
def test_a_flawed_strategy_fails(failures: Failures, flaw: str, expected: str) -> None:
    """Ranking one candidate twice; scores that cannot be compared."""
    fixtures = f"""
            @pytest.fixture
            def strategy(self):
                return TinyStrategy({flaw!r})
    """

    assert expected in failures("StrategyTests", fixtures)


def test_prices_as_floats_fail(failures: Failures) -> None:
    """Money is exact."""
    fixtures = f"""
            @pytest.fixture
            def source(self):
                return TinySource(as_float=True)

            @pytest.fixture
            def feed(self):
                return ({FEED!r},)
    """

    assert failures("PricingSourceTests", fixtures) == {"test_money_is_exact_and_possible"}


def test_scores_off_their_scale_fail(failures: Failures) -> None:
    """A score of 101 percent is a parser's mistake."""
    fixtures = """
            @pytest.fixture
            def source(self):
                return TinySource()

            @pytest.fixture
            def feed(self):
                return ([["large", "101"]],)
    """

    assert failures("BenchmarkSourceTests", fixtures) == {"test_values_lie_on_their_scale"}


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("keeps the last", {"test_settling_twice_keeps_the_first"}),
        ("loses the service", {"test_a_settlement_is_kept"}),
        ("forgets failures", {"test_a_settlement_is_kept", "test_attempts_count_where_they_happened"}),
    ],
)
def test_a_ledger_that_loses_something_fails(failures: Failures, flaw: str, found: set[str]) -> None:
    """What was settled stays settled, every attempt of it, every field."""
    fixtures = f"""
            @pytest.fixture
            def make_ledger(self):
                rows = {{}}
                return lambda: TinyLedger(rows, {flaw!r})
    """

    assert found == failures("LedgerTests", fixtures)


def test_standard_tests_are_not_overridden() -> None:
    """Silently, that is: the class cannot even be made."""
    with pytest.raises(TypeError, match="overrides the standard test test_nothing_to_rank"):

        class TestMine(StrategyTests):
            async def test_nothing_to_rank(self) -> None:  # type: ignore[override]  # what is forbidden
                """Never runs."""


def test_standard_tests_are_not_removed() -> None:
    """Setting one to None is overriding it."""
    with pytest.raises(TypeError, match="test_nothing_to_rank"):
        type("TestMine", (StrategyTests,), {"test_nothing_to_rank": None})


def test_an_excuse_with_a_reason_is_taken() -> None:
    """A plugin may say what it cannot do, in public."""

    @pytest.mark.xfail(reason="needs two candidates")
    async def excused(self: object) -> None:
        raise AssertionError

    made = type("TestMine", (StrategyTests,), {"test_one_to_rank": excused})

    assert made.test_one_to_rank is excused  # type: ignore[attr-defined]


def test_asserts_explain_themselves(pytester: pytest.Pytester) -> None:
    """The plugin's own asserts are rewritten, so that an author sees the values that differ."""
    pytester.makepyfile(
        """
        import pytest
        from pointsman.testing import StrategyTests
        from pointsman.types import Plan, Ranked

        class Twice:
            async def plan(self, request, criteria, candidates):
                return Plan([Ranked(each, 1.0) for each in candidates] * 2)

        class TestTwice(StrategyTests):
            @pytest.fixture
            def strategy(self):
                return Twice()
        """
    )
    result = pytester.runpytest_subprocess("-p", "pointsman.testing", "-k", "test_one_to_rank")

    result.stdout.fnmatch_lines(["*At index 0 diff: *'a/large', 'a/large'* != *'a/large'*"])
