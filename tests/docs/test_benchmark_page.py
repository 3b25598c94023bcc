"""The benchmark source on the page about them passes the kit, as it stands."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from pointsman import Score
from pointsman.testing import BenchmarkSourceTests, FakeHttp

from tests.docs.pages import page

ROWS = [
    {"model": "acme-large", "test": "tickets", "share": 81.5},
    {"model": "acme-small", "test": "refunds", "share": "70%"},
    {"model": "acme-small", "test": "juggling", "share": 3},
]


def plugin() -> ModuleType:
    """The one whole plugin of the page."""
    (block,) = [each for each in page("docs/how-to/benchmark-sources.md").blocks() if each.role == "plugin"]
    module = ModuleType("acme_evals")
    exec(compile(block.text, str(block), "exec"), vars(module))  # noqa: S102 (our own pages)
    return module


PLUGIN = plugin()


class TestAcmeEvals(BenchmarkSourceTests):
    """It is a benchmark source."""

    @pytest.fixture
    def source(self) -> Any:
        (extension,) = PLUGIN.pointsman_benchmark_sources()
        return extension.create(extension.config("https://evals.acme.example/today.json"))

    @pytest.fixture
    def feed(self) -> tuple[Any, ...]:
        return (ROWS,)


@pytest.mark.anyio
async def test_its_scores_are_what_the_list_says() -> None:
    """A row of a test nobody declared is left out."""
    source = PLUGIN.source(PLUGIN.Config("https://evals.acme.example/today.json"))
    first, second = await source.scores(FakeHttp(ROWS))

    assert (first, second) == (
        Score("acme-large", "acme_tickets", "instructions", 81.5, first.as_of),
        Score("acme-small", "acme_refunds", "agentic", 70.0, second.as_of),
    )
