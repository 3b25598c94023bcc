"""Asking every source at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from pointsman.catalog.feeds.fetch import Fetched, fetch, fetch_all
from pointsman.catalog.feeds.sources import Source, SourceRef
from pointsman.errors import AuthenticationError, DeadlineError, FeedError, PluginError
from pointsman.kinds import SourceKind
from pointsman.protocols import Http
from pointsman.testing import FakeHttp
from pointsman.types import Model, Secret

from tests.catalog.values import PriceList, Shop, quote, refs, source


def http(name: str) -> Http:
    """A client that sends nothing."""
    return FakeHttp()


class Slow(Shop):
    """A provider that never answers."""

    async def models(self, http: Http) -> Iterable[Model]:
        await asyncio.sleep(60)
        return ()


@pytest.mark.anyio
async def test_a_failure_holds_nobody_up() -> None:
    """One fails, one is too slow, the third still answers."""
    broken = Shop()
    broken.error = AuthenticationError("bad key")
    errors = dict[str, type]()

    async def fetched(answer: Fetched) -> None:
        errors[answer.ref.source.name] = type(answer.error)

    asked = refs(
        [source("broken", broken), source("slow", Slow())], [source("list", PriceList(quote("alpaca-5")))]
    )
    await fetch_all(asked, http, deadline=0.05, fetched=fetched)

    assert errors == {"broken": AuthenticationError, "slow": DeadlineError, "list": type(None)}


@pytest.mark.anyio
async def test_a_plugins_bug_is_that_sources_failure() -> None:
    """Any exception becomes the error of its source, with secrets masked."""
    buggy = Shop()
    buggy.error = KeyError(Secret("very-secret-value").reveal())
    answer = await fetch(SourceRef(SourceKind.PROVIDER, source("buggy", buggy)), http)

    assert str(answer.error) == "source buggy: KeyError: '[redacted]'"


@pytest.mark.anyio
@pytest.mark.parametrize("rows", [["a name"], 5, None])
async def test_rows_of_another_type_are_no_answer(rows: Any) -> None:
    """A plugin that gives anything but its records is named in the error."""
    wrong = Shop()
    wrong.listed = rows
    answer = await fetch(SourceRef(SourceKind.PROVIDER, source("wrong", wrong)), http)

    assert (None, FeedError) == (answer.rows, type(answer.error))


@pytest.mark.anyio
async def test_a_source_without_the_method_is_a_failure() -> None:
    """A price list is not a provider."""
    answer = await fetch(SourceRef(SourceKind.PROVIDER, source("list", PriceList())), http)

    assert isinstance(answer.error, FeedError)


@pytest.mark.anyio
async def test_a_source_that_cannot_be_built_is_a_failure() -> None:
    """Its plugin is imported only when it is asked; it has no address either, and harms nobody."""

    def broken() -> object:
        raise PluginError("acme", "OSError: no luck")

    asked = Source("acme", "acme", broken)
    answer = await fetch(SourceRef(SourceKind.PRICES, asked), http)

    assert (answer.rows, str(answer.error)) == (None, "plugin acme: OSError: no luck")
    assert (asked.host, asked.is_called("acme")) == ("", True)
