"""Fake installed distributions: a folder on the path with modules and their metadata."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from attrs import field, frozen
from pointsman.plugins import Plugins, PluginStatus, discover, load

HEAD = "from pointsman.hookspecs import Extension, hookimpl\n"


def hook(body: str, *, name: str = "pointsman_providers", kind: str = "def") -> str:
    """Source of a module with one hook."""
    return f"{HEAD}@hookimpl\n{kind} {name}():\n    {body}\n"


def yields(*names: str, name: str = "pointsman_providers") -> str:
    """Source of a module whose hook yields extensions of these names, each making a new `object`."""
    return hook("\n    ".join(f"yield Extension({each!r}, object)" for each in names), name=name)


@frozen
class Site:
    """A folder that stands for ``site-packages``."""

    path: Path
    modules: list[str] = field(factory=list)
    distributions: list[str] = field(factory=list)

    def install(
        self,
        plugin: str,
        source: str,
        *,
        distribution: str = "",
        module: str = "",
        entries: Mapping[str, str] | None = None,
    ) -> None:
        """Write one distribution.

        Args:
            plugin: Name of its entry point.
            source: Text of its module.
            distribution: Its name; by default ``pointsman-PLUGIN``.
            module: Name of its module; by default made from the distribution's.
            entries: All entry points, name → value, in the order to write them.
        """
        distribution = distribution or f"pointsman-{plugin}"
        module = module or distribution.replace("-", "_").replace(".", "_")
        self.path.mkdir(exist_ok=True)
        (self.path / f"{module}.py").write_text(source, encoding="utf-8")
        info = self.path / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        lines = (f"{name} = {value}\n" for name, value in (entries or {plugin: module}).items())
        (info / "entry_points.txt").write_text("[pointsman]\n" + "".join(lines))
        self.modules.append(module)
        self.distributions.append(distribution)
        importlib.invalidate_caches()

    def load(self, **env: str) -> Plugins:
        """Load what was installed here and nothing else."""
        return load([each for each in discover() if each.distribution in self.distributions], env)

    def status(self, **env: str) -> PluginStatus:
        """What became of the only plugin."""
        (status,) = self.load(**env).statuses
        return status

    def forget(self) -> None:
        """Drop the modules that were imported from here."""
        for module in self.modules:
            sys.modules.pop(module, None)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """An empty folder for distributions, first on the path."""
    made = Site(tmp_path / "site")
    monkeypatch.syspath_prepend(str(made.path))
    yield made
    made.forget()
