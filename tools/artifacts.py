"""What is in the files of a distribution, and whether that is what it should be."""

from __future__ import annotations

import tarfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from attrs import frozen

from tools.workspace import Distribution, named


@frozen
class Files:
    """The two files of a distribution, in the folder they were built into."""

    wheel: Path
    sdist: Path

    @classmethod
    def of(cls, distribution: Distribution, folder: Path) -> Files:
        """Where they are when they were built."""
        stem = folder / distribution.stem
        return cls(Path(f"{stem}-py3-none-any.whl"), Path(f"{stem}.tar.gz"))

    def __iter__(self) -> Iterator[Path]:
        yield from (self.wheel, self.sdist)


def problems(distribution: Distribution, folder: Path, own: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the built files of a distribution, one line each.

    Args:
        distribution: Which.
        folder: Where its files are.
        own: Name → version of everything that is published with it.
    """
    files = Files.of(distribution, folder)
    if missing := [path.name for path in files if not path.is_file()]:
        yield from (f"{name} was not built" for name in missing)
        return
    table = tomllib.loads((distribution.folder / "pyproject.toml").read_text(encoding="utf-8"))
    for line in (*wheel_problems(files.wheel, table, own), *sdist_problems(files.sdist, modules(table))):
        yield f"{distribution.name}: {line}"


def modules(table: Mapping[str, Any]) -> tuple[str, ...]:
    """The modules and packages that a ``pyproject.toml`` says its wheel holds."""
    wheel = table["tool"]["hatch"]["build"]["targets"]["wheel"]
    return tuple(wheel.get("only-include", wheel.get("packages", ())))


def wheel_problems(wheel: Path, table: Mapping[str, Any], own: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a wheel: files that do not belong in it, missing ones, what it says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        said = next((name for name in names if name.endswith(".dist-info/METADATA")), "")
        metadata = HeaderParser().parsestr(archive.read(said).decode()) if said else None
    if metadata is None:
        yield "the wheel has no metadata"
        return
    inside = modules(table)
    info = said.partition("/")[0]
    for name in names:
        parts = name.split("/")
        if parts[0] not in {*inside, info} or {"tests", "__pycache__"} & {*parts}:
            yield f"{name} does not belong in the wheel"
    yield from (f"the wheel lacks {name}" for name in inside if not _holds(names, name))
    if f"{info}/entry_points.txt" not in names:
        yield "the wheel has no entry points, so nothing finds its plugin"
    project = table["project"]
    for key, value in (("Name", project["name"]), ("Version", project["version"])):
        if metadata[key] != value:
            yield f"the wheel says {key} {metadata[key]}, the project {value}"
    yield from _requirements(metadata.get_all("Requires-Dist", []), own)


def _requirements(lines: Sequence[str], own: Mapping[str, str]) -> Iterator[str]:
    """An own distribution is needed at least in the version it is published with; numbers are shared."""
    for line in lines:
        version = own.get(named(line))
        if version is not None and line.replace(" ", "") != f"{named(line)}>={version}":
            yield f"it requires {line!r}, not {named(line)}>={version}"


def sdist_problems(sdist: Path, inside: Sequence[str]) -> Iterator[str]:
    """What a source distribution lacks to be read, built and, for a plugin, tested."""
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    wanted = ("pyproject.toml", "README.md", "PKG-INFO", *inside)
    yield from (f"the source distribution lacks {name}" for name in wanted if not _holds(names, name))


def _holds(names: Sequence[str], wanted: str) -> bool:
    return any(name == wanted or name.startswith(f"{wanted}/") for name in names)
