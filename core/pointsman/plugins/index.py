"""What installed plugins bring, kept between runs: a start then imports only those it uses.

The index has what the metadata lists and what each plugin declared when it was last imported. It holds for
this interpreter, this version of Pointsman and this search path, as long as no distribution on the path and
no file of a plugin has changed; otherwise the metadata is read, and the plugin imported, again. A broken
plugin is never kept. Losing the file costs one slower start.
"""

from __future__ import annotations

import hashlib
import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from pointsman import private_files
from pointsman.plugins.contributions import Contribution, PluginStatus
from pointsman.plugins.declared import Declaration, Setting
from pointsman.plugins.installed import HOST, Installed, discover

_NAME = "plugins-{}.json"
_METADATA = (".dist-info", ".egg-info")
_MOST = 8  # files kept: one for each program with a search path of its own
_LAYOUT = 1  # counted up when what is kept changes its meaning

log = logging.getLogger("pointsman.plugins")


@frozen
class Stamp:
    """A file or folder as it was.

    Attributes:
        path: Where.
        modified: When, in nanoseconds; 0 where there was none.
        size: In bytes.
    """

    path: str
    modified: int
    size: int

    @classmethod
    def of(cls, path: str | Path) -> Stamp:
        """As it is now."""
        try:
            found = Path(path).stat()
        except OSError:
            return cls(str(path), 0, 0)
        return cls(str(path), found.st_mtime_ns, found.st_size)

    @property
    def holds(self) -> bool:
        """Whether it has not changed."""
        return Stamp.of(self.path) == self


@frozen
class Folder:
    """A folder of the search path as it was.

    Attributes:
        stamp: Of itself: it changes with any file that comes or goes.
        distributions: Of the metadata of what is installed in it; looked at only where the stamp has changed.
    """

    stamp: Stamp
    distributions: tuple[Stamp, ...]

    @classmethod
    def of(cls, path: str) -> Folder:
        """As it is now."""
        try:
            found = sorted(each for each in Path(path).iterdir() if each.suffix in _METADATA)
        except OSError:
            found = []
        return cls(Stamp.of(path), tuple(map(Stamp.of, found)))

    @property
    def holds(self) -> bool:
        """Whether the same is installed in it."""
        return self.stamp.holds or Folder.of(self.stamp.path).distributions == self.distributions


@frozen
class Known:
    """One extension.

    Attributes:
        declared: What it said of itself.
        settings: The fields of its config class; None when it takes no settings.
    """

    declared: Declaration
    settings: tuple[Setting, ...] | None


@frozen
class Entry:
    """One plugin.

    Attributes:
        plugin: Which.
        files: What it was read from.
        brings: Its extensions, in order.
    """

    plugin: Installed
    files: tuple[Stamp, ...]
    brings: tuple[Known, ...]


@frozen
class PluginIndex:
    """What was kept, and what holds of it.

    Attributes:
        version: Of what wrote it.
        path: The folders of the search path.
        installed: Every entry point of the group, in the order of `discover`.
        entries: The plugins that were imported.
    """

    version: str
    path: tuple[Folder, ...]
    installed: tuple[Installed, ...]
    entries: tuple[Entry, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> PluginIndex:
        """What was kept in `folder`; what the metadata lists now where that is nothing or no longer holds."""
        import msgspec

        try:
            found = msgspec.json.decode(private_files.read(_file(folder)), type=cls)
        except (OSError, ValueError) as error:
            log.debug("the plugins' index is made anew: %s", error)
        else:
            if found.version == _version() and all(each.holds for each in found.path):
                entries = tuple(each for each in found.entries if all(file.holds for file in each.files))
                return evolve(found, entries=entries)
        return cls(_version(), tuple(map(Folder.of, _search_path())), discover())

    def known(self, plugin: Installed) -> tuple[Known, ...] | None:
        """What a plugin brings; None when it has to be imported to say so."""
        return next((each.brings for each in self.entries if each.plugin == plugin), None)

    def keep(self, folder: Path, statuses: Iterable[PluginStatus]) -> None:
        """Keep what the plugins said that were imported now, in a folder that is there.

        Nothing happens when none was imported, or when there is no such folder: looking makes no files.
        """
        new = [entry for status in statuses if (entry := _entry(status)) is not None]
        if not new or not folder.is_dir():
            return
        import msgspec

        known = {each.plugin: each for each in (*self.entries, *new)}
        try:
            content = msgspec.json.encode(evolve(self, entries=tuple(known.values())))
            private_files.write(_file(folder), content)
            _tidy(folder)
        except OSError as error:
            log.debug("the plugins' index cannot be kept: %s", error)


def _version() -> str:
    from pointsman import __version__

    return f"{_LAYOUT} {__version__} {sys.version}"


def _search_path() -> Iterator[str]:
    return (each or str(Path.cwd()) for each in sys.path)


def _file(folder: Path) -> Path:
    """One for each search path, so that two programs do not take turns in overwriting it."""
    name = hashlib.sha256("\n".join([sys.prefix, *_search_path()]).encode()).hexdigest()
    return folder / _NAME.format(name[:16])


def _tidy(folder: Path) -> None:
    files = sorted(folder.glob(_NAME.format("*")), key=lambda file: file.stat().st_mtime_ns)
    for file in files[:-_MOST]:
        file.unlink(missing_ok=True)


def _entry(status: PluginStatus) -> Entry | None:
    """A plugin that was imported just now; None for every other, and for one that cannot be kept."""
    contributions = status.contributions
    if status.state != "loaded" or any(each.remembered for each in contributions):
        return None
    with suppress(Exception):  # reading annotations is the plugin's code; who is on it says so elsewhere
        files = tuple(Stamp.of(file) for file in sorted(set(_files(status.plugin, contributions))))
        brings = tuple(Known(each.declared, each.settings) for each in contributions)
        return Entry(status.plugin, files, brings)
    return None


def _files(plugin: Installed, contributions: Iterable[Contribution]) -> Iterator[str]:
    """The sources of a plugin: all of its package, and wherever its config classes come from."""
    own = _source(plugin.module if plugin.distribution == HOST else plugin.module.partition(".")[0])
    yield from map(str, own.parent.rglob("*.py")) if own.name == "__init__.py" else [str(own)]
    for each in contributions:
        for base in each.extension.config.__mro__ if each.extension.config else ():
            if base.__module__ in sys.modules and base is not object:
                yield str(_source(base.__module__))


def _source(module: str) -> Path:
    file: Any = sys.modules[module].__file__
    return Path(file)
