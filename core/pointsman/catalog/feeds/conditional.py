"""Asks for a feed only where it changed (RFC 9110, section 13: ``If-None-Match``, ``If-Modified-Since``).

Whoever publishes a feed is asked every few hours by everybody; most of the time nothing has changed.
`Conditional` remembers what every address answered, with its ``ETag`` and ``Last-Modified``, and turns "304
Not Modified" into the answer it has. A source does not notice.

A library of HTTP caching (hishel) would sit below the client, where it binds us to one HTTP library, decides
by ``Cache-Control`` whether to ask at all, and keeps answers elsewhere than in the disk cache.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import zlib
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from pointsman.catalog.feeds.cache import KeyValueCache
from pointsman.http import Answer
from pointsman.types import HttpRequest

if TYPE_CHECKING:
    from pointsman.protocols import Http, HttpAnswer, HttpStream

log = logging.getLogger(__name__)

_NOT_MODIFIED = 304
_VALIDATORS = {"etag": "if-none-match", "last-modified": "if-modified-since"}
_LARGEST = 32 * 2**20  # bytes of a remembered body; the client cuts what it receives there as well
_LONGEST = 500  # characters of a validator


@frozen
class Conditional:
    """An `Http` that repeats what it knows where the other side says that nothing changed.

    Attributes:
        http: Does the asking.
        store: Where answers are remembered.
        name: Of the source; answers are remembered apart for each.
    """

    http: Http = field(repr=False)
    store: KeyValueCache = field(repr=False)
    name: str

    async def request(self, request: HttpRequest) -> HttpAnswer:
        """As `pointsman.protocols.Http.request`; whole answers to a plain GET are remembered."""
        if not _may_be_remembered(request):
            return await self.http.request(request)
        key = self._key(request)
        known = await asyncio.to_thread(self._remembered, key)
        if known:
            request = evolve(
                request,
                headers={**request.headers, **_conditions(known.headers)},
                accept=(*request.accept, _NOT_MODIFIED),
            )
        answer = await self.http.request(request)
        if known and answer.status == _NOT_MODIFIED:
            return known
        if answer.status == 200 and _conditions(answer.headers):  # noqa: PLR2004 (206 and others are no whole answer)
            await asyncio.to_thread(self._remember, key, answer)
        return answer

    def stream(self, request: HttpRequest) -> AbstractAsyncContextManager[HttpStream]:
        """As `pointsman.protocols.Http.stream`; never remembered."""
        return self.http.stream(request)

    def _key(self, request: HttpRequest) -> str:
        """Another key or another page is another answer. Only the digest is kept: headers hold secrets."""
        asked = repr((request.url, sorted(request.headers.items()), sorted(request.params.items())))
        return f"answers/{self.name}/{hashlib.sha256(asked.encode()).hexdigest()}"

    def _remembered(self, key: str) -> Answer | None:
        found = self.store.get(key)
        value: Any = found[0] if found else None
        if value is None:
            return None
        try:
            unpack = zlib.decompressobj()
            body = unpack.decompress(base64.b85decode(value["body"]), _LARGEST)
            known = Answer(200, {name: value[name] for name in _VALIDATORS if value.get(name)}, body)
        except (ValueError, KeyError, TypeError, zlib.error) as error:
            log.debug("what %s answered last cannot be read: %s", self.name, error)
            return None
        return known if unpack.eof and _conditions(known.headers) else None

    def _remember(self, key: str, answer: HttpAnswer) -> None:
        if len(answer.body) > _LARGEST:
            return
        packed = base64.b85encode(zlib.compress(answer.body, 6)).decode()
        validators = {name: answer.headers[name] for name in _VALIDATORS if name in answer.headers}
        self.store.put(key, {**validators, "body": packed})


def _may_be_remembered(request: HttpRequest) -> bool:
    plain = request.method == "GET" and request.json is None and request.body is None
    return plain and _NOT_MODIFIED not in request.accept


def _conditions(headers: Mapping[str, str]) -> dict[str, str]:
    """The conditional headers for what was answered with these; empty when it cannot be asked for so."""
    return {
        _VALIDATORS[name]: value
        for name, value in headers.items()
        if name in _VALIDATORS
        and isinstance(value, str)
        and 0 < len(value) <= _LONGEST
        and value.isprintable()
    }
