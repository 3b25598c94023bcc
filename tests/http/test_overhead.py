"""What the guard costs: less than it saves over the library's own client."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable

import orjson
import pytest
from pointsman import HttpRequest
from pointsman.http import Client
from pointsman.http.library import httpx
from pointsman.http.library_sender import LibrarySender

URL = "https://api.example/v1/chat/completions"
QUESTION = {"model": "m", "messages": [{"role": "user", "content": "hello " * 20}]}
ANSWER = b'{"choices": [{"message": {"content": "hi"}}]}'
CALLS = 300


class Body(httpx.AsyncByteStream):
    """One piece."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield ANSWER


class Instant(httpx.AsyncBaseTransport):
    """Answers at once, without a network."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        headers = [(f"x-{number}", "value") for number in range(12)]
        return httpx.Response(200, headers=headers, stream=Body(), request=request)


async def cpu(call: Callable[[], Awaitable[object]]) -> float:
    """Least CPU seconds of `CALLS` calls in five rounds."""
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(CALLS):
            await call()
        rounds.append(time.process_time() - began)
    return min(rounds)


@pytest.mark.anyio
async def test_a_call_costs_less_than_with_the_bare_client() -> None:
    """Classification, caps and the address policy included."""
    guarded = Client("acme")
    guarded._senders[True, False] = LibrarySender(Instant)
    bare = httpx.AsyncClient(transport=Instant())

    ours = await cpu(lambda: guarded.request(HttpRequest("POST", URL, json=QUESTION)))
    theirs = await cpu(lambda: bare.post(URL, content=orjson.dumps(QUESTION)))
    await guarded.aclose()
    await bare.aclose()

    assert ours < theirs
