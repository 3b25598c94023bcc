"""A caller's own bytes go on as they are, but for the model's name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as some
from pointsman.errors import InvalidRequestError, RateLimitError
from pointsman.http import Client
from pointsman.protocols import Forwarder
from pointsman.providers import OpenAICompatible, with_model
from pointsman.testing import Received, Reply, Upstream
from pointsman.types import Secret

VALUES: Any = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53), 2**53) | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
)
KEYS = some.sampled_from(["model", "models", 'mo"del', "a", "{", "]", "\\", ":", ","])


@frozen
class Endpoint:
    """The least a provider is made from."""

    base_url: str
    key: Secret | None = Secret("key-0123456789")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"model":"a"}', b'{"model":"b"}'),
        (b' { "model" : "a" , "x": 1.0e2 }\n', b' { "model" : "b" , "x": 1.0e2 }\n'),
        (b'{"x":{"model":"a"},"model":"a"}', b'{"x":{"model":"a"},"model":"b"}'),
        (b'{"x":"\\"model\\":\\"a\\"","model":null}', b'{"x":"\\"model\\":\\"a\\"","model":"b"}'),
        (b'{"mod\\u0065l":["a",{}],"x":[]}', b'{"mod\\u0065l":"b","x":[]}'),
        (b'{"model":"a","model":"c"}', b'{"model":"b","model":"b"}'),
        (b'{"x":["model",":"]}', b'{"model":"b","x":["model",":"]}'),
        (b"{}", b'{"model":"b"}'),
        (b'{"model":"\\"a\\\\"}', b'{"model":"b"}'),
        (b'{"m":{"model":"a"},"mod\\u0065l":"c"}', b'{"m":{"model":"a"},"mod\\u0065l":"b"}'),
        (b'{"model":{"model":"a"}}', b'{"model":"b"}'),
    ],
)
def test_only_the_name_is_exchanged(body: bytes, expected: bytes) -> None:
    """Order, spaces, numbers and escapes stay; a name inside something else is not the model's."""
    assert expected == with_model(body, "b")


@given(some.dictionaries(KEYS, VALUES), some.booleans(), some.text(min_size=1))
def test_any_object_keeps_everything_else(fields: dict[str, Any], indented: bool, model: str) -> None:
    """Whatever the fields are called and hold, they come out as they went in."""
    body = orjson.dumps(fields, option=orjson.OPT_INDENT_2 if indented else 0)

    assert orjson.loads(with_model(body, model)) == {**fields, "model": model}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"model"', b"null", b"\xff"])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    """The caller's mistake is the caller's error, and nothing is sent."""
    with pytest.raises(InvalidRequestError, match="body"):
        with_model(body, "b")


def test_a_large_string_is_read_once() -> None:
    """Megabytes of a picture, escapes included, neither recurse nor run back."""
    picture = '\\"' * 500_000
    body = orjson.dumps({"messages": [{"content": picture}], "model": "a"})

    assert with_model(body, "b") == body.replace(b'"model":"a"', b'"model":"b"')


@pytest.fixture
async def echo() -> AsyncIterator[Upstream]:
    """A server that answers with what it was sent, and a field of its own."""

    def answer(request: Received) -> Reply:
        body = b'{"unknown": 1.50, "heard": ' + request.body + b"}"
        return Reply(200, {"content-type": "application/json"}, (body[:7], body[7:]))

    async with Upstream() as upstream:
        upstream.add("POST", "/v1/chat/completions", answer)
        yield upstream


@pytest.mark.anyio
async def test_what_nobody_knows_survives_both_ways(echo: Upstream) -> None:
    """The provider gets the caller's bytes with its own key, and the caller the provider's bytes."""
    provider = OpenAICompatible(Endpoint(echo.url + "/v1"))
    body = b'{"model": "auto", "future_field": {"a": 1.00}, "stream": false}'
    sent = b'{"model": "m", "future_field": {"a": 1.00}, "stream": false}'
    async with Client("echo") as http, provider.forward("m", body, http) as answer:
        heard = b"".join([chunk async for chunk in answer.chunks()])

    assert isinstance(provider, Forwarder)
    assert provider.dialect == "openai-chat"
    assert heard == b'{"unknown": 1.50, "heard": ' + sent + b"}"
    assert echo.requests[0].body == sent
    assert echo.requests[0].headers["authorization"] == "Bearer key-0123456789"
    assert echo.requests[0].headers["content-type"] == "application/json"


@pytest.mark.anyio
async def test_a_refusal_is_an_error(echo: Upstream) -> None:
    """An error status is raised before there is an answer, so that another candidate can be asked."""
    echo.once(Reply.json({"error": {"message": "Slow down."}}, 429))
    provider = OpenAICompatible(Endpoint(echo.url + "/v1"))
    async with Client("echo") as http:
        with pytest.raises(RateLimitError):
            async with provider.forward("m", b"{}", http):
                pass
