"""The plugin API, whole: the file a plugin author opens first.

A plugin is a module named by an entry point in the group ``pointsman``. It holds `hookimpl` functions that
yield `Extension` records. Hooks take no arguments, are plain ``def``, and have no side effects; all I/O lives
in the async methods of the objects an extension creates. Return records, never act::

    from pointsman import Extension, hookimpl

    @hookimpl
    def pointsman_providers():
        yield Extension("acme", Acme, config=AcmeConfig, summary="Models served by Acme.")

An extension is **on when its config can be built**: a provider that requires only a key is on as soon as
the key is set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

import pluggy
from attrs import NOTHING, field, frozen

if TYPE_CHECKING:  # only named in annotations: whoever marks a hook need not load the whole vocabulary
    from pointsman.protocols import (
        BenchmarkSource,
        Ledger,
        Observer,
        PricingSource,
        Provider,
        SharedState,
        Strategy,
    )

PROJECT = "pointsman"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

ENV = "pointsman.env"
"""Key of an attrs field's metadata under which `setting` keeps the names of environment variables."""


@frozen
class Origin:
    """Where a pricing or benchmark source takes its rows from, for whoever has to vouch for them.

    Attributes:
        url: Where a person can look at the data.
        licence: Its terms, as an SPDX identifier where there is one (``MIT``, ``CC-BY-4.0``), else in words.
        changes: How often new rows are to be expected, in words: ``daily``, ``with each model release``.
        attribution: What the licence asks to be shown wherever the data is; empty when nothing.
    """

    url: str
    licence: str
    changes: str
    attribution: str = ""


@frozen
class Extension(Generic[T_co]):
    """A named contribution that is not built yet.

    Attributes:
        name: Under which the configuration and the user know it (``[providers.NAME]``).
        create: Called with the config object (with nothing when there is no `config`); must do no I/O.
        config: A frozen attrs class; its table in the configuration is structured into it, unknown keys are
            errors, and fields made with `setting` or `secret` are also read from the environment.
        summary: One line for lists.
        default: For strategies, ledgers and shared states: taken when the configuration names none.
        origin: For pricing and benchmark sources: whose data it is.
    """

    name: str
    create: Callable[..., T_co]
    config: type | None = None
    summary: str = ""
    default: bool = False
    origin: Origin | None = None


def secret(*env: str) -> Any:
    """A required key in a config class, read from the first of these environment variables that is set."""
    return field(default=NOTHING, metadata={ENV: env})


@overload
def setting(*env: str) -> Any: ...
@overload
def setting(*env: str, default: T) -> T: ...
def setting(*env: str, default: Any = NOTHING) -> Any:
    """A field of a config class that is also read from environment variables; the first one set wins."""
    return field(default=default, metadata={ENV: env})


@hookspec
def pointsman_providers() -> Iterable[Extension[Provider]]:  # type: ignore[empty-body]
    """Providers: things that serve models. Configured in ``[providers.NAME]``."""


@hookspec
def pointsman_pricing_sources() -> Iterable[Extension[PricingSource]]:  # type: ignore[empty-body]
    """Who says what models cost. Configured in ``[pricing_sources.NAME]``."""


@hookspec
def pointsman_benchmark_sources() -> Iterable[Extension[BenchmarkSource]]:  # type: ignore[empty-body]
    """Who measured how good and how fast models are. Configured in ``[benchmark_sources.NAME]``."""


@hookspec
def pointsman_strategies() -> Iterable[Extension[Strategy]]:  # type: ignore[empty-body]
    """Ways to choose. Configured in ``[strategies.NAME]``, selected by ``strategy = "NAME"``."""


@hookspec
def pointsman_ledgers() -> Iterable[Extension[Ledger]]:  # type: ignore[empty-body]
    """Where calls are recorded. Configured in ``[ledgers.NAME]``, selected by ``ledger = "NAME"``."""


@hookspec
def pointsman_shared_states() -> Iterable[Extension[SharedState]]:  # type: ignore[empty-body]
    """What several processes agree on: cooldowns, limits, leases.

    Configured in ``[shared_states.NAME]``, selected by ``shared_state = "NAME"``.
    """


@hookspec
def pointsman_observers() -> Iterable[Extension[Observer]]:  # type: ignore[empty-body]
    """Who wants to know what happened. Configured in ``[observers.NAME]``."""
