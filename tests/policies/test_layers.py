"""Imports point one way."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import pytest

from tests.policies.source import Source, core, graph, imports, plugins

LAYERS = (
    "errors",
    "private_files",
    "types",
    "protocols",
    "hookspecs",
    "kinds",
    "failures",
    "redaction",
    "wire",
    "dialects",
    "plugins",
    "cache",
    "http",
    "config",
    "host",
    "clients",
    "providers",
    "sources",
    "catalog",
    "money",
    "state",
    "routing",
    "testing",
    "cli",
    "__main__",
)
"""Each may import only what stands before it."""

CATALOG_LAYERS = (
    {"codec", "spelling"},
    {"feeds"},
    {"identity"},
    {"accepted", "facts", "quarantine"},
    {"kinds", "prices", "scores"},
    {"estimates", "tiers"},
    {"joins", "snapshot"},
    {"build", "packed", "pareto", "trace"},
    {"cache", "diff", "lock"},
    {"refresh"},
    {"manager", "refresh_process"},
    {"opening"},
    {"refresh_child"},
)
"""The same inside `pointsman.catalog`; what stands side by side knows nothing of each other."""

OPEN_TO_PLUGINS = (
    "pointsman",
    "pointsman.dialects",
    "pointsman.http",
    "pointsman.providers",
    "pointsman.sources",
    "pointsman.testing",
    "pointsman.wire",
)
CATALOG = tuple(source for source in core() if source.module.startswith("pointsman.catalog"))
HTTP_LIBRARIES = {"httpx", "httpx2"}


def layer(module: str, within: str = "pointsman") -> str:
    """The layer of a package that a module stands in; empty for the facade itself and what is outside."""
    return module.removeprefix(f"{within}.").partition(".")[0] if module.startswith(f"{within}.") else ""


@pytest.mark.parametrize("source", core(), ids=lambda source: source.module)
def test_a_module_imports_only_what_stands_above_it(source: Source) -> None:
    """No cycle, no shortcut: a layer knows nothing of those below it."""
    own = layer(source.module)
    wrong = [
        f"{source.path}:{line} imports {module}"
        for module, line in imports(source)
        if own and module.startswith("pointsman.") and LAYERS.index(layer(module)) > LAYERS.index(own)
    ]

    assert wrong == []


@pytest.mark.parametrize("source", CATALOG, ids=lambda source: source.module)
def test_the_layers_hold_inside_the_catalog_too(source: Source) -> None:
    """From what is fetched, over which model it means, to prices and scores, to the catalog itself."""
    places = {name: place for place, names in enumerate(CATALOG_LAYERS) for name in names}
    own = layer(source.module, within="pointsman.catalog")
    wrong = [
        module
        for module in graph()[source.module]
        if own
        and (other := layer(module, within="pointsman.catalog"))
        and other != own
        and places[other] >= places[own]
    ]

    assert wrong == []


def test_no_module_is_part_of_a_circle() -> None:
    """Who reads one need only read on in one direction. Imports inside functions count, too."""
    circle: list[str] = []
    try:
        TopologicalSorter(graph()).prepare()
    except CycleError as error:
        circle = error.args[1]

    assert circle == []


@pytest.mark.parametrize("source", plugins(), ids=lambda source: source.module)
def test_plugins_import_only_what_is_public(source: Source) -> None:
    """All else is internal and may move; plugins never import each other."""
    own = source.module.partition(".")[0]
    wrong = [
        f"{source.path}:{line} imports {module}"
        for module, line in imports(source)
        if module.startswith("pointsman")
        and not module.startswith(own)
        and not any(
            module == name or (name != "pointsman" and module.startswith(name + "."))
            for name in OPEN_TO_PLUGINS
        )
    ]

    assert wrong == []


def test_one_place_imports_the_http_library() -> None:
    """Everything else goes through the guarded client."""
    importers = {
        layer(source.module) or source.module
        for source in (*core(), *plugins())
        for module, _ in imports(source)
        if module.partition(".")[0] in HTTP_LIBRARIES
    }

    assert importers <= {"http"}


def test_the_core_knows_no_plugin() -> None:
    """Not by import, and not by name."""
    names = {source.module.partition(".")[0] for source in plugins()}
    importers = [
        source.module
        for source in core()
        for module, _ in imports(source)
        if module.partition(".")[0] in names
    ]

    assert importers == []
