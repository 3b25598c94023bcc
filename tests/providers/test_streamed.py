"""What servers do to a stream, in every dialect: halves of characters, JSON for events, errors, no end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pointsman import (
    ChatRequest,
    ContextWindowError,
    FinishReason,
    Message,
    OverloadedError,
    ProviderError,
    QuotaError,
    RateLimitError,
    ResponseError,
    Role,
    ServerError,
    Text,
)
from pointsman.testing import FakeHttp, Pieces

from tests.providers.dialects import DIALECTS, Dialect, frame, sse

pytestmark = pytest.mark.anyio

REQUEST = ChatRequest([Message(Role.USER, (Text("Where does the ferry land?"),))], max_output_tokens=50)
JSON = {"content-type": "application/json"}


every = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
marked = pytest.mark.parametrize("dialect", [each for each in DIALECTS.values() if each.end])
telling = pytest.mark.parametrize("dialect", [each for each in DIALECTS.values() if each.error])


async def read(dialect: Dialect, *parts: bytes, headers: dict[str, str] | None = None) -> tuple[str, Any]:
    """Text and finish reason of a stream."""
    http = FakeHttp(Pieces(parts, headers=headers or {}))
    chunks = [chunk async for chunk in dialect.provider().stream("m", REQUEST, http)]
    text = "".join(chunk.text for chunk in chunks)
    return text, [chunk.finish_reason for chunk in chunks if chunk.finish_reason]


@every
async def test_a_character_cut_in_two_is_joined(dialect: Dialect) -> None:
    """Each half is a JSON text of its own event; with nothing between them, or with an empty text."""
    parts = dialect.said("a\\ud83d"), dialect.said(""), dialect.said("\\udc1f b"), dialect.finish

    assert await read(dialect, *parts) == ("a\U0001f41f b", [FinishReason.STOP])


@every
@pytest.mark.parametrize(
    ("first", "second", "text"),
    [("a\\ud83d", "b", "a�b"), ("a\\udc1f", "b", "a�b"), ("\\ud83d\\ud83d", "\\udc1f", "�\U0001f41f")],
)
async def test_half_a_character_alone_is_replaced(
    dialect: Dialect, first: str, second: str, text: str
) -> None:
    """No text is given that has no encoding."""
    found, _ = await read(dialect, dialect.said(first), dialect.said(second), dialect.finish)

    assert found == text


@every
async def test_a_whole_answer_is_read_however_lenient_its_json(dialect: Dialect) -> None:
    """A byte order mark, a number that is none in a field nobody needs, half a character."""
    http = FakeHttp(b"\xef\xbb\xbf" + dialect.whole("fish \\ud83d."))
    answer = await dialect.provider().chat("m", REQUEST, http)

    assert (answer.text, answer.finish_reason) == ("fish �.", FinishReason.STOP)


@every
@pytest.mark.parametrize("headers", [JSON, {"content-type": "application/json; charset=utf-8"}, {}])
async def test_a_json_body_for_a_stream_is_read(dialect: Dialect, headers: dict[str, str]) -> None:
    """Whatever its content-type says, and wherever it is cut; binary streams go by the content-type."""
    body = b"\r\n  " + dialect.whole("at pier \\ud83d\\udc1f 4")
    if headers or dialect is not DIALECTS["bedrock"]:
        found = await read(dialect, body[:3], body[3:9], body[9:], headers=headers)
        assert found == ("at pier \U0001f41f 4", [FinishReason.STOP])


@telling
@pytest.mark.parametrize("headers", [JSON, {}])
async def test_an_error_as_json_for_a_stream_keeps_its_class(
    dialect: Dialect, headers: dict[str, str]
) -> None:
    """Status 200, and yet a rate limit."""
    body = b'{"error": {"message": "Rate limit reached, try again in 4s", "code": "rate_limit_exceeded"}}'
    with pytest.raises(RateLimitError, match="Rate limit reached") as caught:
        await read(dialect, body, headers=headers)

    assert caught.value.retry_after == 4.0


@telling
@pytest.mark.parametrize(
    ("error", "kind", "wait"),
    [
        (
            '{"code":429,"message":"Slow down","metadata":{"headers":{"Retry-After":"23"}}}',
            RateLimitError,
            23.0,
        ),
        ('{"code":402,"message":"Add more credit to go on"}', QuotaError, None),
        ('{"code":"502","message":"Upstream went away"}', ServerError, None),
        ('{"code":400,"message":"The maximum context length is 4096 tokens"}', ContextWindowError, None),
        ('{"type":"overloaded_error","message":"Overloaded"}', OverloadedError, None),
    ],
    ids=["limit", "money", "server", "length", "overload"],
)
async def test_an_error_in_a_stream_keeps_class_wait_and_message(
    dialect: Dialect, error: str, kind: type[ProviderError], wait: float | None
) -> None:
    """After the first of the answer as well as before it."""
    for begun in ((), (dialect.said("well"),)):
        with pytest.raises(kind, match=json.loads(error)["message"]) as caught:
            await read(dialect, *begun, dialect.failed(error))

        assert (type(caught.value), caught.value.retry_after) == (kind, wait)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("throttlingException", RateLimitError),
        ("validationException", ContextWindowError),
        ("serviceUnavailableException", OverloadedError),
    ],
)
async def test_an_exception_in_a_binary_stream_keeps_class_and_message(
    name: str, kind: type[ProviderError]
) -> None:
    """The name tells the status, the message the rest."""
    bedrock = DIALECTS["bedrock"]
    with pytest.raises(kind, match="too long"):
        await read(
            bedrock, bedrock.said("well"), frame('{"message":"Input is too long."}', name, "exception")
        )


@pytest.mark.parametrize("name", ["openai", "responses", "anthropic", "cohere"])
@pytest.mark.parametrize(
    "event",
    [
        sse("the server is overloaded", "error"),
        sse('{"message":"the server is overloaded","code":503}', "error"),
        sse('{"object":"error","message":"overloaded","code":503}'),
        sse('{"error":"overloaded","status":503}'),
    ],
    ids=["words", "named", "object", "beside"],
)
async def test_an_error_event_of_another_form_is_an_error(name: str, event: bytes) -> None:
    """Servers behind a gateway write errors in their own way."""
    with pytest.raises(OverloadedError):
        await read(DIALECTS[name], DIALECTS[name].said("well"), event)


@marked
async def test_what_was_paid_arrives_without_a_finish_reason(dialect: Dialect) -> None:
    """The server says that it is done."""
    assert await read(dialect, dialect.said("pier 4"), dialect.end) == ("pier 4", [FinishReason.OTHER])


@every
async def test_a_cut_stream_is_an_error(dialect: Dialect) -> None:
    """And so is the end mark alone, outside of Bedrock's, whose mark is the finish itself."""
    for parts in ((dialect.said("pier"),), (dialect.said("pier"), dialect.finish[:7]), ()):
        with pytest.raises(ResponseError):
            await read(dialect, *parts)
    if dialect.end and dialect is not DIALECTS["bedrock"]:
        with pytest.raises(ResponseError):
            await read(dialect, dialect.end)


@pytest.mark.parametrize("name", ["openai", "responses", "anthropic", "cohere", "gemini", "ollama"])
async def test_a_last_line_needs_no_line_end(name: str) -> None:
    """What it holds is whole."""
    dialect = DIALECTS[name]
    body = dialect.said("pier 4") + dialect.finish.removesuffix(sse("[DONE]")).rstrip()

    assert await read(dialect, body) == ("pier 4", [FinishReason.STOP])


_EVENTS = {
    "openai": '{"choices":[{"message":{"content":"@"},"finish_reason":"stop"}]}',
    "responses": '{"object":"response","status":"completed",'
    '"output":[{"type":"message","content":[{"text":"@"}]}]}',
    "anthropic": '{"type":"message","content":[{"type":"text","text":"@"}],"stop_reason":"end_turn"}',
}


@pytest.mark.parametrize("name", _EVENTS)
async def test_a_whole_answer_as_the_one_event_is_read(name: str) -> None:
    """Gateways that cannot stream write it so, with or without the end mark."""
    event = sse(_EVENTS[name].replace("@", "Pier 9"))

    for end in (b"", sse("[DONE]")):
        assert await read(DIALECTS[name], event, end) == ("Pier 9", [FinishReason.STOP])


async def test_an_answer_repeated_at_its_end_is_not_read_twice() -> None:
    """Pieces went before it."""
    dialect = DIALECTS["openai"]
    last = sse('{"choices":[{"message":{"content":"Pier 9"},"finish_reason":"stop"}]}')

    assert await read(dialect, dialect.said("Pier 9"), last) == ("Pier 9", [FinishReason.STOP])


@pytest.mark.parametrize("name", ["openai", "responses", "anthropic", "cohere", "gemini", "ollama"])
@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ('{"code":429,"message":"Slow down."}', RateLimitError),
        ('{"status":402,"message":"Top up."}', QuotaError),
        ('{"detail":"Rate limit exceeded"}', RateLimitError),
        ('{"errors":[{"code":503,"message":"No room."}]}', OverloadedError),
        ('{"error":"too many requests, wait"}', RateLimitError),
        ('{"message":"prompt is too long: 9 tokens > 8 maximum"}', ContextWindowError),
    ],
)
async def test_an_error_in_the_second_event_needs_no_envelope(
    name: str, error: str, expected: type[ProviderError]
) -> None:
    """Half an answer never ends as if it were a whole one."""
    dialect = DIALECTS[name]

    with pytest.raises(expected):
        await read(dialect, dialect.said("Pier"), dialect.write(error), dialect.end)
    with pytest.raises(expected):
        await dialect.provider().chat("m", REQUEST, FakeHttp(error.encode()))


@pytest.mark.parametrize("name", ["openai", "responses", "anthropic", "cohere", "gemini"])
async def test_events_a_single_line_end_apart_are_read(name: str) -> None:
    """With or without field names, end marks with blanks, and empty ones that keep a connection alive."""
    dialect = DIALECTS[name]
    text = (dialect.said("Pier") + b"event: ping\ndata:\n\n" + dialect.said(" 9") + dialect.finish).decode()
    close = text.replace("event: ping\ndata:\n\n", "").replace("\n\n", "\n").replace("[DONE]", " [DONE] ")
    bodies = [text, close, close.replace("data: ", "")]

    found = [await read(dialect, body.encode()) for body in bodies]
    assert found == [("Pier 9", [FinishReason.STOP])] * 3


@every
async def test_lines_that_are_no_json_are_an_error(dialect: Dialect) -> None:
    """A page of HTML, or an object cut in its middle."""
    for body in (
        b"<html>\n<body>\nBusy.\n</body>\n</html>",
        b'{"choices":[\n{"delta":',
        b"data: {\ndata: [1\n\n",
    ):
        with pytest.raises(ProviderError):
            await read(dialect, body)


@pytest.mark.parametrize("name", ["openai", "responses", "anthropic", "cohere"])
async def test_events_for_a_whole_answer(name: str) -> None:
    """Some servers stream to whoever did not ask for it: the answer was paid for, and arrives."""
    dialect = DIALECTS[name]
    answer = await dialect.provider().chat("m", REQUEST, FakeHttp(dialect.said("Pier 9") + dialect.finish))

    assert (answer.text, answer.finish_reason) == ("Pier 9", FinishReason.STOP)
