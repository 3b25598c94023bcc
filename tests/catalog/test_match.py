"""Do two names mean the same model?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.catalog.identity.match import Verdict, match
from pointsman.catalog.identity.name import parse
from pointsman.catalog.identity.statistics import NameStatistics

_NAMES = (
    "gpt-5",
    "gpt-5-mini",
    "openai/gpt-5",
    "GPT-5 (high)",
    "claude-sonnet-4-5-20250929",
    "anthropic/claude-4.5-sonnet",
    "llama-3.1-8b",
    "Meta-Llama-3.1-8B-Instruct",
    "deepseek-r1-0528",
    "qwen3-coder:free",
    "",
    "7",
)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("claude-haiku-4-5", "claude-haiku-4-5-20251001"),
        ("openai-gpt-54-mini", "openai/gpt-5.4-mini"),
        ("claude-35-sonnet", "anthropic/claude-3.5-sonnet"),
        ("databricks-claude-sonnet-4-5", "anthropic/claude-sonnet-4.5"),
        ("nvidia.nemotron-nano-3-30b", "nvidia/nemotron-3-nano-30b-a3b"),
        ("deepseek.v3.1", "deepseek-ai/DeepSeek-V3.1"),
        ("llama-3-1-nemotron-ultra-253b-v1-reasoning", "nvidia/llama-3.1-nemotron-ultra-253b-v1"),
        ("glm-4p7", "zai.glm-4.7"),
        ("us.meta.llama4-maverick-17b-instruct-v1:0", "meta/llama-4-maverick-17b-instruct"),
        ("kimi-k2-0905-preview", "moonshotai/kimi-k2-0905"),
    ],
)
def test_other_spellings_are_the_same(one: str, two: str) -> None:
    """Prefix, order, dots, region and serving suffixes do not make another model."""
    listed = NameStatistics(makers=frozenset({"databricks", "openai", "meta", "anthropic"}))

    assert Verdict.SAME is match(parse(one), parse(two), listed).verdict


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("gpt-4.1-mini", "openai/gpt-4.1"),
        ("gpt-4", "gpt-4o"),
        ("gpt-5.1-codex", "gpt-5.1-codex-max"),
        ("o4-mini", "o3-mini"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-6"),
        ("llama-3.1-405b-instruct", "llama-3.1-70b-instruct"),
        ("qwen3.5-27b", "qwen3.5-35b-a3b"),
        ("deepseek-r1-distill-llama-70b", "deepseek/deepseek-r1"),
        ("dolphin-mistral-24b", "mistral-24b"),
        ("kimi-k2-base", "moonshotai/kimi-k2"),
        ("gpt-4-1106-preview", "gpt-4-0125-preview"),
        ("GPT-5.4 (no reasoning)", "gpt-5.4-xhigh"),
        ("qwen3-next-80b-a3b-instruct", "qwen3-next-80b-a3b-thinking"),
        ("DeepSeek R1 + claude-3-5-sonnet", "claude-3-5-sonnet"),
        ("whisper-large-v3", "whisper-large-v3-turbo"),
        ("command-r-08-2024", "command-r7b-12-2024"),
    ],
)
def test_a_difference_in_one_part_is_another_model(one: str, two: str) -> None:
    """Variant, size, version, date, distillation and mode each tell models apart."""
    assert Verdict.DIFFERENT is match(parse(one), parse(two)).verdict


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("deepseek/deepseek-r1", "deepseek/deepseek-r1-0528"),
        ("moonshotai/kimi-k2", "moonshotai/kimi-k2-0905"),
        ("qwen3-max-preview", "qwen/qwen3-max"),
        ("qwen/qwen3-max", "qwen/qwen3-max-thinking"),
    ],
)
def test_names_that_cannot_decide_leave_it_open(one: str, two: str) -> None:
    """A short date, a stage, a mode between two ids of one list: other facts must decide."""
    assert Verdict.UNSURE is match(parse(one), parse(two)).verdict


def test_a_mode_may_part_scores_but_not_prices() -> None:
    """Contradicting modes are another measurement of the same model, and the match says so."""
    found = match(parse("gpt-5.4-xhigh"), parse("GPT-5.4 (low)"))

    assert (found.verdict, found.mode_only) == (Verdict.DIFFERENT, True)


def test_an_offer_may_part_prices_but_not_scores() -> None:
    """A free or quantised offer is the same model at another price, and the match says so."""
    found = match(parse("qwen/qwen3-32b:free"), parse("qwen3-32b"))

    assert (found.verdict, found.offer_differs) == (Verdict.SAME, True)


def test_a_listed_id_leaves_its_mode_open() -> None:
    """A provider's id without a mode may be joined to a row measured in one."""
    one, two = parse("gpt-5"), parse("GPT-5 (medium)")

    assert (match(one, two).verdict, match(one, two, listed=True).verdict) == (Verdict.UNSURE, Verdict.SAME)


def test_every_match_says_why() -> None:
    """The evidence names the part that decided."""
    assert match(parse("gpt-5"), parse("gpt-5.1")).evidence == "version 5 against 5.1"


@given(st.sampled_from(_NAMES), st.sampled_from(_NAMES))
def test_matching_knows_no_order(one: str, two: str) -> None:
    """Which name comes first does not matter."""
    there, back = match(parse(one), parse(two)), match(parse(two), parse(one))

    assert (there.verdict, there.confidence) == (back.verdict, back.confidence)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_can_be_compared(one: str, two: str) -> None:
    """No pair of names makes the comparison fail, and a confidence is a probability."""
    assert 0.0 <= match(parse(one), parse(two)).confidence <= 1.0
