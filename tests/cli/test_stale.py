"""A short command with a stale catalog."""

from __future__ import annotations

import subprocess

import pytest

from tests.catalog.shop import Shop, shop, site, until
from tests.cli.conftest import Program, tsv
from tests.plugins.distributions import Site

__all__ = ["shop", "site"]


@pytest.mark.anyio
async def test_ask_ends_with_its_answer_and_the_next_command_has_the_new_catalog(
    program: Program, site: Site, shop: Shop
) -> None:
    """Whatever it began goes on without it, in no terminal."""
    env = {**shop.env, "PYTHONPATH": str(site.path), "POINTSMAN_CATALOG_REFRESH_IN": "process"}

    def run(*args: str) -> str:
        process = program.spawn(*args, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = process.communicate()
        assert process.returncode == 0, err
        return out

    run("refresh")
    shop.sells("wool-1", "wool-2")
    shop.closes()
    answer = run("ask", "hello", "--no-stream")
    await until(lambda: len(shop.asked) == 2)
    still = shop.refreshing
    shop.opens()
    await until(lambda: not shop.refreshing)
    found = [row["model"] for row in tsv(run("models"))]
    await until(lambda: len(shop.asked) == 3 and not shop.refreshing)

    assert (answer, still, found) == ("bleat\n", True, ["shop/wool-1", "shop/wool-2"])
