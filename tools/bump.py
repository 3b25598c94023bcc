"""Give every distribution of the workspace the next version.

    uv run python -m tools.bump 0.2.0

All are numbered together. Written are the version of each, the core's ``__version__``, and in each the lowest
version it needs of the others.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from tools.workspace import ROOT, project

_VERSION = re.compile(r"\d+\.\d+\.\d+((a|b|rc)\d+)?")


def bumped(text: str, new: str) -> str:
    """A ``pyproject.toml`` or a module with another version, of itself and of the others it needs."""
    text = re.sub(r'(?m)^(version|__version__) = ".*"$', rf'\1 = "{new}"', text)
    return re.sub(r'"(pointsman[a-z-]*(?:\[[a-z0-9,-]+\])?)>=[^"]*"', rf'"\1>={new}"', text)


def files(root: Path = ROOT) -> list[Path]:
    """What holds a version."""
    pyprojects = [root / "core" / "pyproject.toml", *sorted(root.glob("*plugins/*/pyproject.toml"))]
    return [*pyprojects, root / "core" / "pointsman" / "__init__.py"]


def main() -> None:
    """Write the version given on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("version")
    new = parser.parse_args().version
    if not _VERSION.fullmatch(new):
        parser.error(f"{new!r} is no version such as 0.2.0 or 0.2.0rc1")
    old = project(ROOT / "core")["version"]
    for path in files():
        path.write_text(bumped(path.read_text(encoding="utf-8"), new), encoding="utf-8")
    sys.stdout.write(f"{old} -> {new} in {len(files())} files; uv sync, then write it into CHANGELOG.md\n")


if __name__ == "__main__":
    main()
