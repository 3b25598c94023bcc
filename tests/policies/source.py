"""The project's own source, read as text and syntax trees for the policies."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "core" / "pointsman"
DISTRIBUTIONS = sorted(path.parent for path in ROOT.glob("*plugins/*/pyproject.toml"))


@frozen
class Source:
    """One module of the project.

    Attributes:
        path: Below the project's root.
        module: Dotted name.
        text: Its source.
    """

    path: Path
    module: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text)


@cache
def core() -> tuple[Source, ...]:
    """Every module of the core."""
    return tuple(_read(path, CORE.parent) for path in sorted(CORE.rglob("*.py")))


@cache
def plugins() -> tuple[Source, ...]:
    """Every module of every plugin, first-party and sample, without their tests."""
    return tuple(
        _read(path, folder)
        for folder in DISTRIBUTIONS
        for path in sorted(folder.rglob("*.py"))
        if "tests" not in path.relative_to(folder).parts
    )


def imports(source: Source) -> Iterator[tuple[str, int]]:
    """Modules a source imports at run time, wherever the import stands, with the line."""
    for node in _import_nodes(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif node.module and not node.level:
            yield node.module, node.lineno


@cache
def graph() -> Mapping[str, frozenset[str]]:
    """Of each module of the core those of the core it imports at run time, wherever the import stands."""
    names = {source.module for source in core()}
    return {source.module: _imported(source, names) - {source.module} for source in core()}


def _imported(source: Source, names: AbstractSet[str]) -> frozenset[str]:
    """Those of `names` that are imported: ``from a import b`` is the module ``a.b``, or a name in ``a``."""
    found: set[str] = set()
    for node in _import_nodes(source.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inside if inside <= names else {*inside, str(node.module)}
    return frozenset(found & names)


def _import_nodes(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Imports at run time; those for the type checker alone are not among them."""
    guarded: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            guarded.update(id(inner) for part in node.body for inner in ast.walk(part))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in guarded:
            yield node


def _read(path: Path, base: Path) -> Source:
    dotted = ".".join(path.relative_to(base).with_suffix("").parts)
    return Source(path.relative_to(ROOT), dotted.removesuffix(".__init__"), path.read_text(encoding="utf-8"))
