"""One guarded HTTP client for each provider and source, made when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from attrs import define, field

from pointsman.host import Host

if TYPE_CHECKING:  # the HTTP library loads with the first client: whoever asks nobody needs none
    from pointsman.config import CallSettings
    from pointsman.http import Client
    from pointsman.protocols import Http


def nobody_waits(name: str, seconds: float) -> None:
    """For whoever makes no calls."""


@define(eq=False)
class Clients:
    """Clients by name.

    Attributes:
        settings: Seconds to connect and to wait.
        proxy: Address of a proxy; empty for none.
        announced: Called when a provider's headers say that its rate limit is used up: name, seconds.
    """

    settings: CallSettings
    proxy: str = ""
    announced: Callable[[str, float], None] = nobody_waits
    _clients: dict[str, Client] = field(factory=dict, init=False)

    @classmethod
    def of(cls, host: Host, announced: Callable[[str, float], None] = nobody_waits) -> Clients:
        """Those of a host."""
        return cls(host.settings.calls, host.env.get("POINTSMAN_PROXY", ""), announced)

    def __call__(self, name: str) -> Http:
        """The client of one provider or source."""
        client = self._clients.get(name)
        if client is None:
            from pointsman.http import Client

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
        from pointsman.failures import exhausted

        if (seconds := exhausted(headers)) is not None:
            self.announced(name, seconds)
