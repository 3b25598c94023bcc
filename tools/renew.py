"""Renew the versions that the tests run with.

    uv run python -m tools.renew

Asks the package index for the newest versions that the workspace allows, of everything that its groups and
extras need on any platform and any Python it supports, and of what its distributions are built with. Writes
them as exact constraints into the root ``pyproject.toml`` and says what changed. Names and versions are
written, nothing else: a lock file would also hold addresses.
"""

from __future__ import annotations

import re
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tools.workspace import ROOT, must, named, uv

KEYS = ("constraint-dependencies", "build-constraint-dependencies")
"""Of ``[tool.uv]``: what runs, and what builds."""

PIN = re.compile(r"[a-z0-9][a-z0-9.-]*==[A-Za-z0-9.+!-]+( ; [A-Za-z0-9_.'\"<>=!() -]+)?")
"""A line that names a version and nothing else; a condition where there is more than one version."""

_EXPORT = (
    "export", "--quiet", "--format", "requirements-txt", "--all-packages", "--all-groups", "--all-extras",
    "--no-emit-workspace", "--no-hashes", "--no-annotate", "--no-header",
)  # fmt: skip
_COMPILE = ("pip", "compile", "--quiet", "--universal", "--no-annotate", "--no-header")


def pins(exported: str) -> tuple[str, ...]:
    """Exact constraints from a list of requirements as uv writes it, sorted by name.

    Raises:
        ValueError: A line is more than a name, a version and a condition, such as one with an address.
    """
    lines = [line for each in exported.splitlines() if (line := each.strip())]
    for line in lines:
        if not PIN.fullmatch(line):
            raise ValueError(f"this is no exact version: {line!r}")
    several = Counter(named(line) for line in lines)
    kept = [line if several[named(line)] > 1 else line.partition(" ; ")[0] for line in lines]
    return tuple(sorted(kept, key=named))


def rewritten(text: str, lists: Mapping[str, Sequence[str]]) -> str:
    """A ``pyproject.toml`` with other elements in these lists, each of which it has, one element a line.

    Raises:
        ValueError: It has no such list.
    """
    for key, elements in lists.items():
        made = "".join(f'    "{each}",\n' for each in elements)
        text, times = re.subn(rf"(?m)^{key} = \[\n?(?:    .*\n)*\]$", lambda _: f"{key} = [\n{made}]", text)  # noqa: B023
        if times != 1:
            raise ValueError(f"the file has {times} lists {key!r} that stand at the beginning of a line")
    return text


def versions(text: str) -> Mapping[str, tuple[str, ...]]:
    """List and name → versions, of a ``pyproject.toml``."""
    table = tomllib.loads(text)["tool"]["uv"]
    found: dict[str, tuple[str, ...]] = {}
    for key in KEYS:
        for pin in table[key]:
            name = f"{named(pin)} (build)" if key.startswith("build") else named(pin)
            found[name] = (*found.get(name, ()), pin.partition("==")[2])
    return found


def changes(before: str, after: str) -> Iterator[str]:
    """One line for every version that came, went or changed between two texts of ``pyproject.toml``."""
    old, new = versions(before), versions(after)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield f"{name}: {', '.join(old.get(name, ('none',)))} -> {', '.join(new.get(name, ('none',)))}"


def newest(root: Path, text: str) -> Mapping[str, tuple[str, ...]]:
    """The lists as they would be today; asks the package index.

    Raises:
        RuntimeError: uv failed; with what it said.
    """
    members = sorted(root.glob("core/pyproject.toml")) + sorted(root.glob("*plugins/*/pyproject.toml"))
    builds: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder)
        (bare / "pyproject.toml").write_text(rewritten(text, dict.fromkeys(KEYS, ())), encoding="utf-8")
        for member in members:
            content = member.read_text(encoding="utf-8")
            builds |= set(tomllib.loads(content)["build-system"]["requires"])
            (bare / member.relative_to(root)).parent.mkdir(parents=True)
            (bare / member.relative_to(root)).write_text(content, encoding="utf-8")
        needs = tomllib.loads(text)["project"]["requires-python"].lstrip(">=")
        runs = must(uv(*_EXPORT, "--upgrade", cwd=bare))
        built = must(uv(*_COMPILE, "--python-version", needs, "-", cwd=bare, input="\n".join(sorted(builds))))
    return dict(zip(KEYS, (pins(runs), pins(built)), strict=True))


def main() -> None:
    """Write the newest versions and say what changed."""
    path = ROOT / "pyproject.toml"
    before = path.read_text(encoding="utf-8")
    after = rewritten(before, newest(ROOT, before))
    path.write_text(after, encoding="utf-8")
    changed = [*changes(before, after)]
    sys.stdout.write("\n".join([*changed, f"{len(changed)} of {len(versions(after))} versions changed", ""]))


if __name__ == "__main__":
    main()
