"""Model names as typed parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.catalog.identity.dates import Day
from pointsman.catalog.identity.name import Identity, Mode, _parse, names_of, parse
from pointsman.types import Model


@pytest.mark.parametrize(
    "spelling",
    [
        "claude-sonnet-4-5-20250929",
        "claude-4.5-sonnet-20250929",
        "anthropic/claude-sonnet-4.5-20250929",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "vertex_ai/claude-sonnet-4-5@20250929",
        "Claude 4.5 Sonnet (20250929)",
        "mini-SWE-agent + Claude 4.5 Sonnet (20250929)",
    ],
)
def test_one_model_is_one_set_of_parts(spelling: str) -> None:
    """However it is written, family, version and date come out the same."""
    read = parse(spelling)

    assert ({"claude", "sonnet"}, ("4.5",), Day(2025, 9, 29)) == (set(read.words), read.version, read.day)


@pytest.mark.parametrize(
    ("text", "part", "value"),
    [
        ("qwen3-235b-a22b-thinking-2507", "mode", Mode(True)),
        ("GPT-5.5 (low)", "mode", Mode(None, "low")),
        ("Claude Opus 4.7 (Non-reasoning, High Effort)", "mode", Mode(False, "high")),
        ("claude-3.7-sonnet:thinking", "mode", Mode(True)),
        ("grok-4-fast-non-reasoning", "mode", Mode(False)),
        ("claude-sonnet-4-5-20250929_32K", "mode", Mode(True, "32k")),
        ("gpt-5.1-codex-max", "words", ("gpt", "codex", "max")),
        ("mistral-medium-3", "words", ("mistral", "medium")),
        ("gpt-5-mini-medium", "mode", Mode(None, "medium")),
        ("sonar-reasoning-pro", "words", ("sonar", "reasoning", "pro")),
        ("gpt-4o", "words", ("gpt", "o")),
        ("glm-4.6v", "words", ("glm", "v")),
        ("gpt-4-turbo", "words", ("gpt", "turbo")),
        ("llama-3.1-70b-instruct-turbo", "offer", frozenset({"turbo"})),
        ("Qwen3.6-35B-A3B-FP8", "offer", frozenset({"fp8"})),
        ("hf.co/x/Llama-3.2-1B-Instruct-GGUF:Q4_K_M", "offer", frozenset({"gguf", "q4"})),
        ("eu.anthropic.claude-haiku-4-5-v1:0", "offer", frozenset({"eu"})),
        ("deepseek/deepseek-v4-flash:free", "offer", frozenset({"free"})),
        ("mixtral-8x7b-32768", "offer", frozenset({"32768"})),
        ("Qwen3-Coder 480B/A35B Instruct", "sizes", frozenset({"480b", "a35b"})),
        ("command-r7b-12-2024", "sizes", frozenset({"7b"})),
        ("glm-4p7", "version", ("4.7",)),
        ("minimax-m2p7", "version", ("2.7",)),
        ("nova-2-0-lite", "version", ("2",)),
        ("Llama-3_1-Nemotron-Ultra-253B-v1", "version", ("3.1",)),
        ("Command A+", "words", ("command", "a", "plus")),
        ("eva-qwen2.5-72b-v0.1", "revision", "0.1"),
        ("gemini-1.5-pro-002", "revision", "002"),
        ("gemini-2.5-flash-preview", "stage", "preview"),
        ("kimi-k2-base", "tuning", "base"),
        ("gpt-5-chat-latest", "words", ("gpt", "chat")),
        ("ai21labs/AI21-Jamba-Mini-1.6", "version", ("1.6",)),
        ("anthropic/claude-x", "prefix", ("anthropic",)),
        ("DeepSeek R1 + claude-3-5-sonnet", "composite", True),
    ],
)
def test_every_part_is_found_in_its_place(text: str, part: str, value: object) -> None:
    """The place of a word decides where the word alone cannot."""
    assert value == getattr(parse(text), part)


def test_the_maker_beside_the_name_is_a_prefix() -> None:
    """A source that writes the maker in a column says as much as one that writes it before the name."""
    assert parse("zai/glm-4.7").prefix == parse("GLM-4.7", "Z.ai").prefix


def test_a_display_name_must_say_what_the_id_says() -> None:
    """One that leaves out a word of the id may be the name of the whole family."""
    full = Model("alpaca-4-h-micro", name="Acme: Alpaca 4 H Micro")
    short = Model("alpaca-4-h-micro", name="Acme: Alpaca 4 Micro")

    assert ([len(names_of(model)) for model in (full, short)]) == [2, 1]


def test_a_moving_alias_is_no_name_to_join_on() -> None:
    """An alias without version and date means another model tomorrow; one with a date means this one."""
    model = Model("devstral-2512", aliases=("devstral-medium-latest", "devstral-2-2512", "devstral-2"))

    assert [name.text for name in names_of(model)] == ["devstral-2512", "devstral-2-2512"]


@pytest.mark.parametrize(
    "text", ["1" * 99_999, "a-" * 50_000, "(" * 50_000, "2025-01-01 " * 9_000, "agent + " * 9_000]
)
def test_a_text_too_long_for_a_name_is_not_read_to_its_end(text: str) -> None:
    """What a feed puts in place of a name costs no time."""
    assert parse(text).words == _parse.__wrapped__(text[:200]).words


@given(st.text(max_size=80))
def test_any_text_has_parts(text: str) -> None:
    """No name, however odd, makes the reader fail; reading is the same every time."""
    assert parse(text) == _parse.__wrapped__(text)


@given(
    st.lists(
        st.sampled_from(["alpaca", "mini", "pro", "3.5", "70b", "instruct", "thinking"]),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["-", "_", " "]),
)
def test_separator_and_case_do_not_matter(words: list[str], separator: str) -> None:
    """Dashes, underscores, spaces and capitals are style."""

    def parts(read: Identity) -> tuple[object, ...]:
        return read.words, read.version, read.sizes, read.mode, read.tuning

    assert parts(parse("-".join(words))) == parts(parse(separator.join(words).upper()))
