"""Asking for a feed and reading what comes: the frame around every source's parser."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from attrs import frozen

from pointsman.errors import FeedError, ResponseError
from pointsman.protocols import Http, HttpAnswer
from pointsman.types import Discount, HttpRequest, Quote, Score, Speed

T = TypeVar("T")


def as_bytes(answer: HttpAnswer) -> bytes:
    """The body, as it came."""
    return answer.body


def as_json(answer: HttpAnswer) -> Any:
    """The parsed body."""
    return answer.json()


def as_exact_json(answer: HttpAnswer) -> Any:
    """The parsed body, numbers with a fraction as `Decimal`: for money."""
    return answer.json(exact=True)


async def fetch(http: Http, source: str, request: HttpRequest | str, read: Callable[[HttpAnswer], T]) -> T:
    """Ask for a feed and read its answer; in a thread, so that a large one holds up no call.

    Args:
        http: The client.
        source: Name of the source, for the error.
        request: What is asked for; an address stands for a plain GET.
        read: `as_bytes`, `as_json`, `as_exact_json`, or a parser over one of them.

    Raises:
        ProviderError: There was no answer.
        FeedError: It is not what `read` reads.
    """
    import asyncio  # here, because every command loads every plugin, and few ask

    answer = await http.request(HttpRequest("GET", request) if isinstance(request, str) else request)
    try:
        return await asyncio.to_thread(read, answer)
    except ResponseError as error:
        raise FeedError(source, error.detail) from error


def expect(source: str, document: object, kind: type[T], what: str) -> T:
    """`document`, which must be of a kind: ``expect(NAME, document, dict, "a map of models")``.

    Raises:
        FeedError: It is something else.
    """
    if not isinstance(document, kind):
        raise FeedError(source, f"the answer is not {what}")
    return document


@frozen
class PriceFeed:
    """A price list behind one address: the whole of a source, but for its parser.

    Attributes:
        name: Of the source.
        request: What is asked for; an address stands for a plain GET.
        read: Makes quotes of the document; takes the time, which bounds every date. Runs in a thread.
        form: What the document is made from.
    """

    name: str
    request: HttpRequest | str
    read: Callable[[Any, datetime], Iterable[Quote | Discount]]
    form: Callable[[HttpAnswer], Any] = as_exact_json

    async def quotes(self, http: Http) -> Iterable[Quote | Discount]:
        """Today's whole list.

        Raises:
            ProviderError: There was no answer.
            FeedError: It is no such list.
        """
        now = datetime.now(UTC)
        return await fetch(http, self.name, self.request, lambda answer: self.read(self.form(answer), now))


@frozen
class ScoreFeed:
    """A leaderboard behind one address: the whole of a source, but for its parser.

    Attributes:
        name: Of the source.
        request: What is asked for; an address stands for a plain GET.
        read: Makes scores of the document; takes the time, which bounds every date. Runs in a thread.
        form: What the document is made from.
    """

    name: str
    request: HttpRequest | str
    read: Callable[[Any, datetime], Iterable[Score | Speed]]
    form: Callable[[HttpAnswer], Any] = as_json

    async def scores(self, http: Http) -> Iterable[Score | Speed]:
        """Today's whole board.

        Raises:
            ProviderError: There was no answer.
            FeedError: It is no such board.
        """
        now = datetime.now(UTC)
        return await fetch(http, self.name, self.request, lambda answer: self.read(self.form(answer), now))
