"""What is read of Gemini's lists, answers and streams."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import (
    Capability,
    ChatResponse,
    ContentPolicyError,
    FinishReason,
    Kind,
    Model,
    RateLimitError,
    Reasoning,
    ResponseError,
    Text,
    ToolCall,
    Usage,
)
from pointsman_gemini.answer import response, usage
from pointsman_gemini.listing import listing, named, rows_of, thinkers
from pointsman_gemini.pieces import Splitter

CHAT = ["generateContent", "countTokens"]


def listed(**row: object) -> Model:
    """One row of a list that says of nobody whether it thinks."""
    return listing(named({"name": "models/m", **row}), {})


def test_a_row() -> None:
    """Windows, the display name, the day of release and whether it thinks."""
    row = named(
        {
            "name": "models/pro",
            "displayName": "The Pro",
            "description": "Stable release (June 17th, 2025) of the Pro",
            "inputTokenLimit": 1_000,
            "outputTokenLimit": 100,
            "supportedGenerationMethods": CHAT,
            "thinking": True,
        }
    )

    assert listing(row, thinkers([row])) == Model(
        "pro",
        "The Pro",
        Kind.CHAT,
        context_window=1_000,
        max_output_tokens=100,
        can={Capability.REASONING},
        created=date(2025, 6, 17),
    )


def test_who_thinks() -> None:
    """The API leaves out what is false; where it never says so, nothing is known."""
    thinking, old = ({"id": name, "thinking": flag} for name, flag in (("a", True), ("b", None)))
    row = named({"name": "models/b", "supportedGenerationMethods": CHAT})

    assert thinkers([thinking, old]) == {"a": True, "b": False}
    assert thinkers([old]) == {}
    assert listing(row, {"b": False}).cannot == {Capability.REASONING}
    assert (listed().can, listed().cannot) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("methods", "description", "kind"),
    [
        (CHAT, "", Kind.CHAT),
        (CHAT, "The Flash Image Preview.", Kind.IMAGE),
        (CHAT, "The Flash Preview TTS", Kind.AUDIO),
        ([*CHAT, "createCachedContent"], "Understands an image.", Kind.CHAT),
        (["embedContent", "countTokens"], "", Kind.EMBEDDING),
        (["asyncBatchEmbedContent"], "", Kind.EMBEDDING),
        (["predict"], "", Kind.OTHER),
        (["predictLongRunning"], "", Kind.OTHER),
        (["bidiGenerateContent"], "", Kind.OTHER),
        (["generateAnswer"], "", Kind.OTHER),
        (None, "", None),
    ],
)
def test_kinds(methods: list[str] | None, description: str, kind: Kind | None) -> None:
    """By method first; what comes out of the method for text is known from the description alone."""
    assert listed(supportedGenerationMethods=methods, description=description).kind is kind


@pytest.mark.parametrize(
    ("thinks", "methods", "kind"),
    [
        ({}, CHAT, Kind.CHAT),
        ({"m": True}, CHAT, Kind.CHAT),
        ({"m": False}, CHAT, None),
        ({"m": False}, [*CHAT, "createCachedContent"], Kind.CHAT),
    ],
)
def test_a_row_that_says_nothing_of_text(
    thinks: dict[str, bool], methods: list[str], kind: Kind | None
) -> None:
    """Music comes out of the method for text too: one that neither thinks nor remembers may make it."""
    assert listing(named({"name": "models/m", "supportedGenerationMethods": methods}), thinks).kind is kind


def test_an_embedding_row_tells_no_output() -> None:
    """The list writes a limit of one token there, which bounds nothing."""
    row = {"supportedGenerationMethods": ["embedContent"], "inputTokenLimit": 2_048, "outputTokenLimit": 1}

    assert listed(**row) == Model("m", kind=Kind.EMBEDDING, context_window=2_048)


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Preview release (April 21th, 2026) of something", date(2026, 4, 21)),
        ("Preview release (Septempber 25th, 2025) of something", date(2025, 9, 25)),
        ("Released on May 5, 2026.", date(2026, 5, 5)),
        ("Stable version, released in June of 2025.", None),
        ("Stable release (February 30th, 2025)", None),
        ("Stable release (Frimaire 3rd, 2025)", None),
        ("It retires on June 17th, 2025.", None),
    ],
)
def test_days_of_release(description: str, expected: date | None) -> None:
    """Only whole days that a description gives as those of the release."""
    assert expected == listed(description=description).created


@pytest.mark.parametrize("name", ["models/m", "publishers/google/models/m", "m"])
def test_names_of_resources(name: str) -> None:
    """The id is what stands behind the last of the collections."""
    assert named({"name": name})["id"] == "m"


def test_the_list_of_publishers() -> None:
    """Vertex AI's list has an envelope of its own."""
    assert rows_of({"publisherModels": [{"name": "x"}]}) == [{"name": "x"}]

    with pytest.raises(ResponseError):
        rows_of({"other": []})


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({}, Usage()),
        (
            {"promptTokenCount": 8, "candidatesTokenCount": 7, "thoughtsTokenCount": 20},
            Usage(8, 27, 0, 0, 0, 20),
        ),
        ({"promptTokenCount": 8, "thoughtsTokenCount": 20}, Usage(8, 20, reasoning_output_tokens=20)),
        ({"promptTokenCount": 8, "totalTokenCount": 8}, Usage(8, 0)),
        ({"promptTokenCount": 8, "totalTokenCount": 9}, Usage(8, 1)),
        (
            {"promptTokenCount": 8, "candidatesTokenCount": "3", "totalTokenCount": 31},
            Usage(8, 23, estimated=True),
        ),
        (
            {"promptTokenCount": 8, "cachedContentTokenCount": 9, "candidatesTokenCount": 1},
            Usage(8, 1, 8, estimated=True),
        ),
        ({"promptTokenCount": 8, "toolUsePromptTokenCount": 5, "candidatesTokenCount": 1}, Usage(13, 1)),
        # the details by modality count what a cache served, too
        (
            {
                "promptTokenCount": 100,
                "candidatesTokenCount": 30,
                "cachedContentTokenCount": 50,
                "promptTokensDetails": [
                    {"modality": "TEXT", "tokenCount": 30},
                    {"modality": "AUDIO", "tokenCount": 40},
                    {"modality": "IMAGE", "tokenCount": 30},
                ],
                "cacheTokensDetails": [
                    {"modality": "AUDIO", "tokenCount": 30},
                    {"modality": "IMAGE", "tokenCount": 20},
                ],
                "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 25}, "odd", {}],
                "serviceTier": "flex",
            },
            Usage(
                100,
                30,
                50,
                input_audio_tokens=40,
                cache_read_audio_tokens=30,
                input_image_tokens=10,
                output_image_tokens=25,
                service_tier="flex",
            ),
        ),
        ({"promptTokenCount": 8, "totalTokenCount": 8, "serviceTier": "standard"}, Usage(8, 0)),
        ({"promptTokenCount": 8, "totalTokenCount": 8, "trafficType": "ON_DEMAND"}, Usage(8, 0)),
        (
            {"promptTokenCount": 8, "totalTokenCount": 8, "trafficType": "ON_DEMAND_PRIORITY"},
            Usage(8, 0, service_tier="priority"),
        ),
        ({"promptTokenCount": -8, "candidatesTokenCount": "one"}, Usage()),
    ],
)
def test_usage(stated: dict[str, object], expected: Usage) -> None:
    """Thoughts are output, what tools fed back is input, and parts never exceed their whole."""
    assert expected == usage(stated)


def test_a_whole_answer() -> None:
    """Its parts, in order; who gave it, and why it ended."""
    parts = [
        {"text": "Hm. ", "thought": True},
        {"text": "Well."},
        {"functionCall": {"id": "own", "name": "g"}},
    ]
    answer: dict[str, Any] = {
        "candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}],
        "modelVersion": "models/pro-001",
        "responseId": "r1",
    }

    assert response(answer, "pro") == ChatResponse(
        [Reasoning("Hm. "), Text("Well."), ToolCall("own", "g", "{}")],
        "pro-001",
        FinishReason.TOOL_CALLS,
        Usage(),
        "r1",
    )


def test_calls_without_any_id_do_not_share_one() -> None:
    """Results find their calls by id, in the whole conversation."""
    answer = {"candidates": [{"content": {"parts": [{"functionCall": {"name": "f"}}]}}]}
    ids = {response(answer, "pro").tool_calls[0].id for _ in range(2)}

    assert len(ids) == 2


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("STOP", FinishReason.STOP),
        ("MAX_TOKENS", FinishReason.LENGTH),
        ("SAFETY", FinishReason.CONTENT_FILTER),
        ("RECITATION", FinishReason.CONTENT_FILTER),
        ("SPII", FinishReason.CONTENT_FILTER),
        ("OTHER", FinishReason.OTHER),
        ("SOMETHING_NEW", FinishReason.OTHER),
        (None, FinishReason.OTHER),
    ],
)
def test_finish_reasons(word: str | None, expected: FinishReason) -> None:
    """A filtered answer may have no content at all."""
    content: dict[str, object] = {} if word else {"content": {"parts": []}}

    assert response({"candidates": [{"finishReason": word, **content}]}, "m").finish_reason is expected


@pytest.mark.parametrize("word", ["STOP", "FUNCTION_CALL"])
def test_an_answer_with_calls_ended_for_them(word: str) -> None:
    """Also where a server has a word of its own for that."""
    content = {"role": "model", "parts": [{"functionCall": {"name": "weigh", "args": {"kg": 2}}}]}
    found = response({"candidates": [{"finishReason": word, "content": content}]}, "m")

    assert found.finish_reason is FinishReason.TOOL_CALLS


@pytest.mark.parametrize("word", ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL"])
def test_an_unusable_answer_is_none(word: str) -> None:
    """Another model may do better."""
    with pytest.raises(ResponseError, match=f"{word} \\(print"):
        response({"candidates": [{"finishReason": word, "finishMessage": "print(1)"}]}, "m")


def test_a_blocked_prompt() -> None:
    """It is refused for its content, and says why."""
    with pytest.raises(ContentPolicyError, match="PROHIBITED_CONTENT"):
        response({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {}}, "m")


def test_an_error_with_status_200() -> None:
    """It is classified, with the wait its body asks for."""
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.4s"}]
    error = {"code": 429, "message": "Slow down.", "status": "RESOURCE_EXHAUSTED", "details": details}

    with pytest.raises(RateLimitError) as caught:
        response({"error": error}, "m")

    assert caught.value.retry_after == pytest.approx(34.4)


@pytest.mark.parametrize("answer", [{}, {"candidates": []}, {"candidates": ["x"]}, {"candidates": [{}]}])
def test_what_holds_no_answer(answer: dict[str, object]) -> None:
    """It is never passed on as one."""
    with pytest.raises(ResponseError):
        response(answer, "m")


JSON = st.recursive(
    st.none() | st.integers(-9, 9) | st.text(alphabet='ab"\\{}[],:é', max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('a"\\{}', max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.text(max_size=3), JSON, max_size=3), max_size=4), st.integers(1, 9), st.data()
)
def test_arrays_are_cut_into_their_objects(objects: list[Any], size: int, data: st.DataObject) -> None:
    """Whatever they hold, however they are written and wherever the network cuts them."""
    option = data.draw(st.sampled_from([0, orjson.OPT_INDENT_2]))
    body, splitter = orjson.dumps(objects, option=option), Splitter()
    found = [
        each for place in range(0, len(body), size) for each in splitter.feed(body[place : place + size])
    ]

    assert objects == [orjson.loads(each) for each in found]


@given(st.lists(st.binary(max_size=30)))
def test_no_bytes_break_the_splitter(chunks: list[bytes]) -> None:
    """What it finds begins and ends as objects do."""
    splitter = Splitter()
    found = [each for chunk in chunks for each in splitter.feed(chunk)]

    assert [(each[:1], each[-1:]) for each in found] == [(b"{", b"}")] * len(found)


def test_an_object_without_an_end() -> None:
    """Memory is bounded."""
    splitter = Splitter(cap=100)

    with pytest.raises(ResponseError, match="100 bytes"):
        [splitter.feed(b'{"a": "aaaaaaaaaa') for _ in range(9)]
