"""What one conversation loses between three dialects and every shipped provider: nothing in silence."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pointsman.http import Client as HttpClient

from tests.dialects.matrix.clients import CLIENTS, Client
from tests.dialects.matrix.passage import ASKED, passage
from tests.dialects.matrix.providers import SHIPPED, Shipped
from tests.dialects.matrix.table import CAME

pytestmark = pytest.mark.anyio

REFUSED = {"deepseek": ("image",), "perplexity": ("tool",)}
"""What a provider cannot take, and says so by name."""
WITHOUT = {"image": {"picture"}, "tool": {"tool", "calls", "results"}}
"""What is then left out by whoever asks again."""


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    """The real client."""
    async with HttpClient("matrix") as client:
        yield client


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("client", CLIENTS, ids=[each.dialect for each in CLIENTS])
@pytest.mark.parametrize("shipped", SHIPPED, ids=[each.name for each in SHIPPED])
async def test_what_arrives_is_refused_or_comes_back(
    shipped: Shipped, client: Client, http: HttpClient, *, stream: bool
) -> None:
    """Everything is sent that is not refused by name, but for thoughts that only another maker can read.

    All of the answer comes back, and its sealed thoughts return to their maker.
    """
    found = await passage(client, shipped, http, stream=stream)
    refused = REFUSED.get(shipped.name, ())
    without = {name for each in refused for name in WITHOUT[each]}
    foreign = set() if client.dialect == shipped.format else {"signed thoughts"}

    assert found.refused == refused
    assert found.arrived == set(ASKED) - without - foreign
    assert found.pairs is (None if "tool" in refused else True)
    assert set(CAME) - found.came == set()
    assert found.returned is (True if shipped.format else None)
