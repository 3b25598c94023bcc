"""What the kits for price and benchmark sources have in common."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

import pytest

from pointsman.errors import FeedError, ProviderError
from pointsman.http import Answer
from pointsman.protocols import Http
from pointsman.testing.fakes import FakeHttp, Script
from pointsman.testing.standard import StandardTests

# A source may ask for several pages or try again; every one of its requests gets the same.
_MANY: Final = 10


class SourceTests(StandardTests):
    """Common part of `PricingSourceTests` and `BenchmarkSourceTests`.

    Supply the fixtures `source` and, unless the source asks nobody, `feed`: what the endpoints answer, in
    order.

    Attributes:
        uses_network: Whether the source asks anybody at all.
    """

    uses_network: ClassVar[bool] = True

    @pytest.fixture
    def source(self) -> Any:
        """The source under test."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture `source`")

    @pytest.fixture
    def feed(self) -> tuple[Script, ...]:
        """What `FakeHttp` answers, in order."""
        if self.uses_network:
            raise NotImplementedError(f"{type(self).__name__} needs a fixture `feed`")
        return ()

    @pytest.fixture
    def http(self, feed: tuple[Script, ...]) -> FakeHttp:
        """The fake client that answers with `feed`."""
        return FakeHttp(*feed)

    async def rows(self, source: Any, http: Http) -> list[Any]:
        """Everything the source says."""
        raise NotImplementedError

    async def test_says_something(self, source: Any, http: FakeHttp) -> None:
        """There are rows, and the network was asked exactly when the source says it asks."""
        rows = await self.rows(source, http)

        assert rows
        assert bool(http.sent) == self.uses_network

    async def test_says_the_same_twice(self, source: Any, feed: tuple[Script, ...]) -> None:
        """The same feed gives the same rows (dates of fetching aside), so nothing piles up inside."""
        first = await self.rows(source, FakeHttp(*feed))
        second = await self.rows(source, FakeHttp(*feed))

        assert [row.model for row in second] == [row.model for row in first]

    async def test_dates_are_true(self, source: Any, http: Http) -> None:
        """Every date has a time zone and none lies in the future."""
        rows = await self.rows(source, http)
        latest = datetime.now(UTC) + timedelta(days=1)

        assert [row for row in rows if row.as_of.tzinfo is None] == []
        assert [row for row in rows if row.as_of > latest] == []

    async def test_models_are_named(self, source: Any, http: Http) -> None:
        """Every row names its model in printable text."""
        rows = await self.rows(source, http)

        assert [row for row in rows if not row.model.strip() or not row.model.isprintable()] == []

    @pytest.mark.parametrize(
        "broken",
        [
            Answer(200, {}, b"<html>maintenance</html>"),
            Answer(200, {}, b""),
            Answer(200, {}, b"null"),
            Answer(500, {}, b"oops"),
            Answer(429, {"retry-after": "9"}, b"{}"),
        ],
        ids=["html", "empty", "null", "500", "429"],
    )
    async def test_a_broken_feed_is_an_error(self, source: Any, broken: Answer) -> None:
        """What cannot be used is said, never passed on as an empty list: the last good data then stays."""
        if not self.uses_network:
            pytest.skip("the source asks nobody: no feed can be broken")
        with pytest.raises((FeedError, ProviderError)):
            await self.rows(source, FakeHttp(*[broken] * _MANY))
