"""Token counts when the provider does not say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.money.tokens import (
    TOKENS_OF_ANSWER,
    completed,
    expected_tokens,
    request_tokens,
    response_tokens,
    text_tokens,
)
from pointsman.types import (
    Audio,
    CachePoint,
    ChatRequest,
    ChatResponse,
    Document,
    FinishReason,
    Image,
    JsonSchema,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Usage,
)


def asked(*parts: Part, **more: object) -> ChatRequest:
    """A request of one message."""
    return ChatRequest((Message(Role.USER, parts),), **more)  # type: ignore[arg-type]


def answer(*parts: Part) -> ChatResponse:
    """An answer of these parts."""
    return ChatResponse(parts, "m", FinishReason.STOP, Usage())


def test_four_bytes_are_a_token() -> None:
    """Begun tokens count; letters beyond ASCII weigh more; nothing is nothing."""
    assert [text_tokens(text) for text in ("", "a", "four", "fives", "日本語で")] == [0, 1, 1, 2, 3]


def test_what_a_call_is_expected_to_use() -> None:
    """The prompt as it is, an answer of the usual size or of its bound; what is written down counts."""
    bounds = (None, 10, 10_000)
    found = [expected_tokens(asked(Text("four"), max_output_tokens=bound)) for bound in bounds]
    given = request_tokens(asked(Text("four")))

    assert found == [(given, TOKENS_OF_ANSWER), (given, 10), (given, TOKENS_OF_ANSWER)]
    assert expected_tokens(asked(Text("four"), expected=(1, 2))) == (1, 2)


@given(first=st.text(), second=st.text())
def test_longer_texts_have_more_tokens(first: str, second: str) -> None:
    """Joined texts have at least the tokens of each, at most the sum."""
    joined = text_tokens(first + second)

    assert max(text_tokens(first), text_tokens(second)) <= joined <= text_tokens(first) + text_tokens(second)


def test_a_request_counts_everything_that_is_sent() -> None:
    """Text, files, tool calls and their results, tools and schema each add their part."""
    schema = {"type": "object"}  # 17 bytes of JSON
    picture = Image(url="https://example.test/a.png")
    plain = request_tokens(asked(Text("four" * 10)))
    grown = [
        request_tokens(asked(Text("four" * 10), picture)),
        request_tokens(asked(Text("four" * 10), tools=(Tool("name", "four", schema),))),
        request_tokens(asked(Text("four" * 10), response_format=JsonSchema(schema))),
        request_tokens(ChatRequest([Message(Role.ASSISTANT, ToolCall("1", "name", "{}  "))])),
        request_tokens(ChatRequest([Message(Role.TOOL, ToolResult("1", [Text("four"), picture]))])),
    ]

    assert plain == 16
    assert [plain + 765, plain + 7, plain + 5, 8, 7 + 765] == grown


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Document(data="A" * 400, media_type="application/pdf"), 1_500),
        (Document(data="A" * 256_000, media_type="application/pdf"), 3_000),
        (Document(url="https://example.test/a.pdf"), 1_500),
        (Audio(data="A" * 40_000, media_type="audio/wav"), 30),
        (CachePoint(), 0),
    ],
)
def test_files_count_by_their_size(part: Part, expected: int) -> None:
    """A document a page at least, a recording what its bytes are worth, a mark nothing."""
    assert request_tokens(asked(part)) - request_tokens(asked()) == expected


def test_an_answer_counts_everything_that_was_made() -> None:
    """Text, shared reasoning and tool calls."""
    response = answer(Reasoning("four" * 2), Text("four"), ToolCall("1", "name", "{}  "))

    assert response_tokens(response) == 5


def test_only_what_is_missing_is_estimated() -> None:
    """Stated counts stay; a complete usage is returned as it is."""
    request, response = asked(Text("four")), answer(Text("four"))
    stated = Usage(1, 2)
    found = [completed(usage, request, response) for usage in (stated, Usage(1), Usage(None, 2), Usage())]

    expected = [stated, *(Usage(*counts, estimated=True) for counts in ((1, 1), (7, 2), (7, 1)))]

    assert expected == found


def test_a_zero_beside_words_is_no_count() -> None:
    """Something was asked, and something answered; where nothing was, 0 is believed."""
    request = asked(Text("four"))
    found = [completed(Usage(*stated), request, answer(Text("four"))) for stated in ((0, 0), (0, 2), (5, 0))]

    assert found == [Usage(*counts, estimated=True) for counts in ((7, 1), (7, 2), (5, 1))]
    assert completed(Usage(5, 0), request, answer(Text(""))) == Usage(5, 0)
