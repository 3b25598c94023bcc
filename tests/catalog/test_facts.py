"""What sources add to a provider's own list."""

from __future__ import annotations

from pointsman.catalog.facts import FactSource, MergedFacts, merge_facts
from pointsman.types import Capability, Facts, Kind, Model

TOOLS, VISION = Capability.TOOLS, Capability.VISION


def test_a_source_fills_what_the_list_leaves_open() -> None:
    """Capabilities, the context window, and what the model is for."""
    source = FactSource("list", Facts(can={TOOLS}, context_window=128_000, kind=Kind.CHAT))

    assert merge_facts(Model("alpaca"), [source]) == MergedFacts(
        frozenset({TOOLS}), 128_000, Kind.CHAT, "list"
    )


def test_the_providers_own_word_stands() -> None:
    """A denial is not overruled, nor is a window."""
    model = Model("alpaca", cannot={TOOLS}, can={VISION}, context_window=8_000)
    source = FactSource("list", Facts(can={TOOLS}, context_window=128_000))

    assert merge_facts(model, [source]) == MergedFacts(frozenset({VISION}), 8_000)


def test_of_several_sources_the_preferred_one_is_asked_first() -> None:
    """The next one where the first does not say."""
    sources = [
        FactSource("first", Facts(context_window=1_000)),
        FactSource("second", Facts(context_window=2_000, kind=Kind.COMPLETION)),
        FactSource("third", Facts(kind=Kind.CHAT)),
    ]

    assert merge_facts(Model("alpaca"), sources) == MergedFacts(frozenset(), 1_000, Kind.COMPLETION, "second")


def test_nobody_knows() -> None:
    """Then it stays open."""
    assert merge_facts(Model("alpaca"), []) == MergedFacts()
