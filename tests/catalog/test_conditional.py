"""Feeds are fetched again only where they changed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import HttpRequest
from pointsman.catalog.feeds.conditional import Conditional
from pointsman.errors import OverloadedError, TransportError
from pointsman.http import Answer
from pointsman.testing import FakeHttp

from tests.catalog.values import Memory

URL = "https://list.example/prices.json"


def conditions(http: FakeHttp) -> list[dict[str, str]]:
    """The conditional headers of every request."""
    return [
        {name: value for name, value in sent.headers.items() if name.startswith("if-")} for sent in http.sent
    ]


@pytest.mark.anyio
async def test_an_unchanged_feed_is_not_sent_again() -> None:
    """304 gives the answer there was, to a new process too."""
    http, disk = FakeHttp(Answer(200, {"etag": '"a"'}, b"[1]"), Answer(304), Answer(304)), Memory()
    answers = [await Conditional(http, disk, "list").request(HttpRequest("GET", URL)) for _ in range(3)]

    assert [(each.status, each.body) for each in answers] == [(200, b"[1]")] * 3
    assert conditions(http) == [{}, {"if-none-match": '"a"'}, {"if-none-match": '"a"'}]


@pytest.mark.anyio
async def test_a_changed_feed_takes_its_place() -> None:
    """The newest tag is the one asked with."""
    http = FakeHttp(
        Answer(200, {"etag": '"a"'}, b"1"), Answer(200, {"etag": '"b"'}, b"2"), Answer(304, {"etag": '"b"'})
    )
    asking = Conditional(http, Memory(), "list")
    bodies = [(await asking.request(HttpRequest("GET", URL))).body for _ in range(3)]

    assert (bodies, conditions(http)[2]) == ([b"1", b"2", b"2"], {"if-none-match": '"b"'})


@pytest.mark.anyio
async def test_a_date_serves_where_there_is_no_tag() -> None:
    """``Last-Modified`` comes back as ``If-Modified-Since``, as it was written."""
    when = "Sat, 22 Aug 2026 10:00:00 GMT"
    http = FakeHttp(Answer(200, {"last-modified": when}, b"1"), Answer(304))
    asking = Conditional(http, Memory(), "list")
    await asking.request(HttpRequest("GET", URL))
    await asking.request(HttpRequest("GET", URL))

    assert conditions(http)[1] == {"if-modified-since": when}


@pytest.mark.anyio
@pytest.mark.parametrize("headers", [{}, {"etag": ""}, {"etag": "x\r\nhost: evil"}, {"etag": "x" * 501}])
async def test_what_cannot_be_asked_about_is_not_kept(headers: dict[str, str]) -> None:
    """No tag, or one that cannot stand in a header: the next request is a plain one."""
    http, disk = FakeHttp(Answer(200, headers, b"1"), Answer(200, headers, b"2")), Memory()
    asking = Conditional(http, disk, "list")
    bodies = [(await asking.request(HttpRequest("GET", URL))).body for _ in range(2)]

    assert (bodies, disk.kept, conditions(http)) == ([b"1", b"2"], {}, [{}, {}])


@pytest.mark.anyio
async def test_every_key_and_page_is_an_answer_of_its_own() -> None:
    """What one key may see is not repeated to another, and the disk holds no key."""
    tagged = [Answer(200, {"etag": f'"{n}"'}, b"%d" % n) for n in range(4)]
    http, disk = FakeHttp(*tagged), Memory()
    asking = Conditional(http, disk, "list")
    for key, page in (("one", "1"), ("two", "1"), ("one", "2")):
        await asking.request(HttpRequest("GET", URL, headers={"x-api-key": key}, params={"page": page}))
    await Conditional(http, disk, "other").request(
        HttpRequest("GET", URL, headers={"x-api-key": "one"}, params={"page": "1"})
    )

    assert (conditions(http), len(disk.kept)) == ([{}] * 4, 4)
    assert "one" not in str(disk.kept)


@pytest.mark.anyio
async def test_an_error_is_an_error_still() -> None:
    """What is remembered is for 304 alone; who serves stale rows is not decided here."""
    http = FakeHttp(Answer(200, {"etag": '"a"'}, b"1"), Answer(503), TransportError("gone"))
    asking = Conditional(http, Memory(), "list")
    await asking.request(HttpRequest("GET", URL))
    with pytest.raises(OverloadedError):
        await asking.request(HttpRequest("GET", URL))
    with pytest.raises(TransportError):
        await asking.request(HttpRequest("GET", URL))


@pytest.mark.anyio
async def test_a_post_passes_through() -> None:
    """Only a plain GET may be remembered."""
    http, disk = FakeHttp(Answer(200, {"etag": '"a"'}, b"1")), Memory()
    await Conditional(http, disk, "list").request(HttpRequest("POST", URL, json={}))

    assert disk.kept == {}


@given(
    st.recursive(st.none() | st.text() | st.integers(), lambda x: st.dictionaries(st.text(), x) | st.lists(x))
)
def test_a_disk_that_holds_anything_costs_only_what_was_remembered(planted: object) -> None:
    """Whatever lies under the key, the feed is asked for plainly and read."""
    import anyio

    async def fetch() -> bytes:
        http, disk = FakeHttp(Answer(200, {"etag": '"a"'}, b"1"), Answer(200, {}, b"2")), Memory()
        asking = Conditional(http, disk, "list")
        await asking.request(HttpRequest("GET", URL))
        disk.kept = {key: json.dumps(planted) for key in disk.kept}
        return (await asking.request(HttpRequest("GET", URL))).body

    assert anyio.run(fetch) == b"2"
