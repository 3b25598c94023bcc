"""The client that sends nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pointsman import HttpRequest, testing
from pointsman.errors import RateLimitError, TransportError
from pointsman.http import Answer
from pointsman.testing import FakeHttp, Pieces

pytestmark = pytest.mark.anyio


async def test_answers_in_order() -> None:
    """JSON, bytes, answers and functions; everything sent is kept."""
    http = FakeHttp({"a": 1}, b"raw", Answer(201, {"x": "y"}, b""), lambda sent: [sent.url])
    answers = [
        await http.request(HttpRequest("GET", f"http://x/{number}", headers={"A": "b"}))
        for number in range(4)
    ]

    assert [answer.status for answer in answers] == [200, 200, 201, 200]
    assert [answer.body for answer in answers] == [b'{"a":1}', b"raw", b"", b'["http://x/3"]']
    assert http.sent[0] == HttpRequest("GET", "http://x/0", headers={"a": "b"})


async def test_errors_are_those_of_the_real_client() -> None:
    """A status is classified, an exception raised, an accepted status returned."""
    http = FakeHttp(Answer(429, {"retry-after": "4"}), TransportError("gone"), Answer(304))
    with pytest.raises(RateLimitError) as caught:
        await http.request(HttpRequest("GET", "http://x"))
    with pytest.raises(TransportError, match="gone"):
        await http.request(HttpRequest("GET", "http://x"))

    assert caught.value.retry_after == 4.0
    assert (await http.request(HttpRequest("GET", "http://x", accept=(304,)))).status == 304


async def test_streams() -> None:
    """Pieces come as they were cut; an error comes in its place."""
    http = FakeHttp(Pieces([b"a", b"b", TransportError("gone")]))
    seen = []
    with pytest.raises(TransportError):  # noqa: PT012 - a stream is read in a block
        async with http.stream(HttpRequest("POST", "http://x", json={"q": 1})) as stream:
            async for piece in stream.chunks():
                seen.append(piece)  # noqa: PERF401 - what came before the error is looked at

    assert (seen, http.sent[0].json) == ([b"a", b"b"], {"q": 1})


async def test_nothing_scripted() -> None:
    """Is a failed test, with the request in the message."""
    with pytest.raises(AssertionError, match="nothing is scripted for GET http://x"):
        await FakeHttp().request(HttpRequest("GET", "http://x"))


def test_every_public_name_is_there() -> None:
    """And nothing that is not."""
    assert [name for name in testing.__all__ if getattr(testing, name).__name__ != name] == []
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = testing.Nothing


def test_the_fakes_need_no_pytest() -> None:
    """The demo runs where only the package is installed."""
    code = (
        "import sys; from pointsman.testing import FakeHttp, OpenAIUpstream, Upstream; "
        "print(sorted({'pytest', 'httpx', 'httpx2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
