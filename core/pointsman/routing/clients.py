"""One guarded HTTP client for each provider and source, made when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from attrs import define, field

from pointsman.config import CallSettings
from pointsman.failures import exhausted
from pointsman.http import Client
from pointsman.protocols import Http


@define(eq=False)
class Clients:
    """Clients by name.

    Attributes:
        settings: Seconds to connect and to wait.
        proxy: Address of a proxy; empty for none.
        announced: Called when a provider's headers say that its rate limit is used up: name, seconds.
    """

    settings: CallSettings
    proxy: str
    announced: Callable[[str, float], None]
    _clients: dict[str, Client] = field(factory=dict, init=False)

    def __call__(self, name: str) -> Http:
        """The client of one provider or source."""
        client = self._clients.get(name)
        if client is None:
            client = self._clients[name] = Client(
                name,
                connect=self.settings.connect,
                read=self.settings.first_token,
                proxy=self.proxy,
                on_answer=partial(self._look_at, name),
            )
        return client

    async def aclose(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    def _look_at(self, name: str, headers: Mapping[str, str]) -> None:
        if (seconds := exhausted(headers)) is not None:
            self.announced(name, seconds)
