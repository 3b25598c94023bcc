"""A catalog pinned to a file: written by ``pointsman lock``, used as it is and never refreshed.

The file is ``{"schema": "pointsman/lock/1", "hash", "catalog"}``. The hash is the catalog's own: it covers
everything that is chosen from, not the days on which it was fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from pointsman import private_files
from pointsman.catalog.snapshot import Catalog, LeftOut
from pointsman.errors import ConfigError

NAME = "pointsman.lock.json"
"""What the file is usually called."""

_SCHEMA = "pointsman/lock/1"


@frozen
class Locked:
    """Stands where a `CatalogManager` would, and always holds the same catalog.

    Attributes:
        catalog: The only one there is.
    """

    catalog: Catalog

    @classmethod
    def of(cls, path: Path, providers: Collection[str]) -> Locked:
        """The catalog locked in `path`, without the models of providers that are not on here.

        Raises:
            ConfigError: See `read`.
        """
        catalog = read(path)
        away = [each for each in catalog.candidates if each.provider not in providers]
        if not away and all(each.provider in providers for each in catalog.embedders):
            return cls(catalog)
        reason = "in the locked catalog, but its provider is not on here"
        left_out = (LeftOut(each.provider, each.model.id, each.model.kind, "off", reason) for each in away)
        return cls(
            evolve(
                catalog,
                candidates=[each for each in catalog.candidates if each.provider in providers],
                embedders=[each for each in catalog.embedders if each.provider in providers],
                left_out=(*catalog.left_out, *left_out),
            )
        )

    async def current(self) -> Catalog:
        """The locked catalog."""
        return self.catalog

    async def refresh(
        self,
        *,
        force: bool = True,  # noqa: ARG002 (as `CatalogManager.refresh`)
        progress: Callable[[Any], None] | None = None,  # noqa: ARG002 (as above)
    ) -> Catalog:
        """The locked catalog; nobody is asked."""
        return self.catalog

    async def wait_for_refresh(self, patience: float) -> None:
        """Return at once: nothing runs in the background."""

    async def aclose(self) -> None:
        """Nothing is open."""


def write(catalog: Catalog, path: Path) -> None:
    """Write `catalog` to `path`, whole or not at all; keys are sorted, so two locks compare line by line.

    Raises:
        ConfigError: The file cannot be written.
    """
    import orjson

    document = {"schema": _SCHEMA, "hash": catalog.hash, "catalog": orjson.loads(catalog.to_json())}
    layout = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    text = orjson.dumps(document, option=layout)
    try:
        private_files.write_shared(path, text)
    except OSError as error:
        raise ConfigError([f"{path}: cannot be written: {error.strerror or error}"]) from error


def read(path: Path) -> Catalog:
    """The catalog `write` wrote.

    Raises:
        ConfigError: There is no such file, it holds no catalog this version can read, or its hash does not
            fit its content; names the file.
    """
    import orjson

    again = f"write it anew with: pointsman lock {path}"
    try:
        document = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such lock; {again}"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror or error}"]) from error
    except ValueError:
        raise ConfigError([f"{path}: not a JSON file; {again}"]) from None
    if not isinstance(document, dict) or document.get("schema") != _SCHEMA:
        raise ConfigError([f"{path}: not a lock of this version ({_SCHEMA}); {again}"])
    try:
        catalog = Catalog.from_json(orjson.dumps(document.get("catalog")))
    except ValueError:
        raise ConfigError([f"{path}: its catalog cannot be read by this version; {again}"]) from None
    if catalog.hash != document.get("hash"):
        raise ConfigError([f"{path}: its hash does not fit its content, so it was changed by hand; {again}"])
    return catalog
