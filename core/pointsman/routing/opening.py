"""Puts together what an open router works with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from attrs import frozen

from pointsman.cache import Cache
from pointsman.catalog.opening import CatalogSource, open_catalog
from pointsman.clients import Clients
from pointsman.config import Instance
from pointsman.errors import ConfigError
from pointsman.host import Host
from pointsman.kinds import KINDS
from pointsman.protocols import Learner, Ledger, SharedState
from pointsman.routing.asking import Asker
from pointsman.routing.calls import Calls
from pointsman.routing.dispatch import Dispatcher
from pointsman.routing.preparation import Preparation
from pointsman.routing.recorder import Recorder
from pointsman.routing.selector import Selector
from pointsman.state.cooldowns import Cooldowns
from pointsman.state.limits import Limits


@frozen
class Parts:
    """What an open router works with.

    Attributes:
        ledger: Keeps every call.
        catalogs: Holds today's catalog.
        calls: Makes calls.
    """

    ledger: Ledger
    catalogs: CatalogSource
    calls: Calls


@frozen
class Objects(Mapping[str, Sequence[Any]]):
    """The objects of instances by name, each made when it is first looked up: most are never asked."""

    instances: Mapping[str, Instance]

    def __getitem__(self, name: str) -> Sequence[Any]:
        return self.instances[name].objects

    def __iter__(self) -> Iterator[str]:
        return iter(self.instances)

    def __len__(self) -> int:
        return len(self.instances)


async def open_parts(host: Host, closing: AsyncExitStack) -> Parts:
    """Open the ledger, the shared state and the cache; asks no provider.

    Args:
        host: What is installed, configured and on.
        closing: Closes what was opened.

    Raises:
        LedgerError: The ledger cannot be used.
        SharedStateError: The shared state cannot be used.
        ConfigError: The catalog is locked to a file that cannot be used.
    """
    settings = host.settings.calls
    ledger: Ledger = _chosen(host, "ledgers", host.ledger)
    state: SharedState = _chosen(host, "shared_states", host.shared_state)
    on = host.on("providers")
    cooldowns = Cooldowns(state, {name: each.fingerprints for name, each in on.items()})
    clients = Clients.of(host, cooldowns.announced)
    cache = await asyncio.to_thread(Cache, host.folders.cache)
    closing.push_async_callback(asyncio.to_thread, cache.close)
    closing.push_async_callback(clients.aclose)
    closing.push_async_callback(state.close)
    closing.push_async_callback(ledger.close)
    await ledger.open()
    await state.open()
    catalogs = await asyncio.to_thread(open_catalog, host, clients, cache)  # may read a lock
    closing.push_async_callback(catalogs.aclose)
    providers = Objects(on)
    strategies = {name: each.object for name, each in host.on("strategies").items()}
    selector = Selector(strategies, host.strategy, dict(host.env), cooldowns, settings.choose)
    refused = [each.refused for each in host.instances["providers"] if each.refused]
    prepare = Preparation(catalogs.current, selector, providers, settings, refused)
    learners = [each for each in strategies.values() if isinstance(each, Learner)]
    observers = [each.object for each in host.on("observers").values()]
    recorder = Recorder(ledger, learners, observers)
    asker = Asker(providers, clients, cooldowns, settings)
    dispatcher = Dispatcher(asker, recorder, Limits(state), prepare.decide)
    calls = Calls(host.task, prepare, dispatcher)
    closing.push_async_callback(calls.aclose)
    return Parts(ledger, catalogs, calls)


def _chosen(host: Host, kind: str, name: str) -> Any:
    """The one object of a kind that is used.

    Raises:
        ConfigError: It is not on.
    """
    on = host.on(kind)
    if name not in on:
        noun = KINDS[kind].title
        raise ConfigError([f"no {noun} named {name!r} is on; installed: {', '.join(on) or 'none'}"])
    return on[name].object
