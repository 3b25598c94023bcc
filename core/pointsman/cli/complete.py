"""What the shell may complete: from the cached catalog and the configuration, without network, never
raising.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click


def _quietly(
    names: Callable[[], Iterable[str]],
) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """A completion of these names; whatever goes wrong completes nothing, for a shell has no place for
    errors.
    """

    def complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
        import logging

        logging.getLogger("pointsman").addHandler(logging.NullHandler())
        logging.getLogger("pointsman").propagate = False
        head, comma, last = incomplete.rpartition(",")
        try:
            return [head + comma + name for name in names() if name.casefold().startswith(last.casefold())]
        except (Exception, SystemExit):  # noqa: BLE001 (as above)
            return []

    return complete


def _models() -> Iterable[str]:
    from pointsman.cli.session import cached_catalog
    from pointsman.config import Environment, Folders

    catalog = cached_catalog(Folders.find(Environment.of()))
    keys = [each.key for each in catalog.candidates] if catalog else []
    return [*keys, *sorted({key.partition("/")[2] for key in keys})]


def _categories() -> Iterable[str]:
    from pointsman.cli.session import cached_catalog
    from pointsman.config import Environment, Folders

    catalog = cached_catalog(Folders.find(Environment.of()))
    return sorted({name for each in catalog.candidates for name in each.quality}) if catalog else []


def _tasks() -> Iterable[str]:
    from pointsman.config import Environment, Folders, read_settings

    env = Environment.of()
    return sorted(read_settings(env, Folders.find(env))[0].tasks)


def _providers() -> Iterable[str]:
    from pointsman.host import Diagnosis

    return list(Diagnosis.of().host.on("providers"))


def _variables() -> Iterable[str]:
    from pointsman.cli.variables import readable

    return [each.variable for each in readable()]


def _capabilities() -> Iterable[str]:
    from pointsman.types import Capability

    return list(Capability)


models = _quietly(_models)
categories = _quietly(_categories)
tasks = _quietly(_tasks)
providers = _quietly(_providers)
variables = _quietly(_variables)
capabilities = _quietly(_capabilities)
