"""A provider that another process finds as well: a distribution on the path, steered by files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import define
from pointsman.cache import Cache
from pointsman.catalog.manager import CatalogManager
from pointsman.catalog.opening import open_catalog
from pointsman.catalog.refresh import LOCK
from pointsman.host import Host
from pointsman.testing import FakeHttp

from tests.plugins.distributions import Site, site

__all__ = ["shop", "site"]

PLUGIN = """
import asyncio, os, pathlib, sys
from attrs import frozen
from pointsman.hookspecs import Extension, hookimpl, setting
from pointsman.types import ChatResponse, FinishReason, Kind, Model, Usage

@frozen
class Config:
    folder: str = setting("SHOP_FOLDER")
    word: str = ""

class Shop:
    def __init__(self, config):
        self.folder, self.word = pathlib.Path(config.folder), config.word

    async def models(self, http):
        print("plugins may print what they like")
        with open(self.folder / "asked", "a") as file:
            file.write(f"{os.getpid()} {os.nice(0) if hasattr(os, 'nice') else 0}\\n")
        (self.folder / "started_with").write_text(repr((self.word, sys.orig_argv)))
        if (self.folder / "on fire").exists():
            os._exit(9)
        while (self.folder / "closed").exists():
            await asyncio.sleep(0.01)
        return [Model(name, kind=Kind.CHAT) for name in (self.folder / "models").read_text().split()]

    async def chat(self, model, request, http):
        return ChatResponse("bleat", model=model, finish_reason=FinishReason.STOP, usage=Usage(1, 1))

    def stream(self, model, request, http):
        raise NotImplementedError

@hookimpl
def pointsman_providers():
    yield Extension("shop", Shop, config=Config)
"""


@pytest.fixture
async def shop(site: Site, tmp_path: Path) -> AsyncIterator[Shop]:
    """Open, with one model; nothing of it is left running."""
    site.install("shop", PLUGIN)
    made = Shop(tmp_path)
    made.sells("wool-1")
    yield made
    (tmp_path / "closed").unlink(missing_ok=True)
    await until(lambda: not made.refreshing)


@define
class Shop:
    """The shop and a home of its own, as a process would use them.

    Attributes:
        folder: Where everything lies.
    """

    folder: Path

    @property
    def env(self) -> dict[str, str]:
        """Variables of a process in which nothing but the shop exists, and its rows are never fresh."""
        return {
            "POINTSMAN_HOME": str(self.folder / "home"),
            "POINTSMAN_ONLY": "shop",
            "POINTSMAN_CATALOG_REFRESH_HOURS": "0.000001",
            "SHOP_FOLDER": str(self.folder),
        }

    def manager(self, config: Mapping[str, Any] | None = None) -> CatalogManager:
        """As a new process would make one."""
        host = Host.load(self.env, config)
        made = open_catalog(host, lambda _: FakeHttp(), Cache(host.folders.cache))
        assert isinstance(made, CatalogManager)
        return made

    def sells(self, *models: str) -> None:
        """What it lists from now on."""
        (self.folder / "models").write_text(" ".join(models))

    def closes(self) -> None:
        """Whoever asks waits until it opens."""
        (self.folder / "closed").touch()

    def opens(self) -> None:
        """Whoever waits is answered."""
        (self.folder / "closed").unlink()

    def burns(self) -> None:
        """Whoever asks dies."""
        (self.folder / "on fire").touch()

    @property
    def asked(self) -> list[tuple[int, int]]:
        """Process and niceness of each who asked."""
        file = self.folder / "asked"
        lines = file.read_text().splitlines() if file.exists() else []
        return [(int(process), int(nice)) for process, nice in map(str.split, lines)]

    @property
    def started_with(self) -> str:
        """The word whoever asked last was configured with, and its arguments."""
        return (self.folder / "started_with").read_text()

    @property
    def refreshing(self) -> bool:
        """Whether some process refreshes the catalog now."""
        from filelock import FileLock, Timeout

        try:
            with FileLock(self.folder / "home" / "cache" / LOCK, blocking=False):
                return False
        except Timeout:
            return True


async def until(true: Callable[[], bool]) -> None:
    """Wait for what another process does; the test's own timeout bounds it."""
    while not true():  # noqa: ASYNC110 (another process tells nobody)
        await asyncio.sleep(0.01)
