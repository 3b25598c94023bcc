"""Refreshes that commands begin and leave."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping

import pytest

from tests.catalog.shop import Shop, shop, site, until
from tests.cli.conftest import Program, tsv
from tests.plugins.distributions import Site

__all__ = ["shop", "site"]

pytestmark = pytest.mark.anyio


@pytest.fixture
def env(site: Site, shop: Shop) -> Mapping[str, str]:
    """Variables of a process in which only the shop exists, and refreshes run apart."""
    return {**shop.env, "PYTHONPATH": str(site.path), "POINTSMAN_CATALOG_REFRESH_IN": "process"}


def run(program: Program, env: Mapping[str, str], *args: str) -> str:
    """What a command that goes well prints."""
    process = program.spawn(*args, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out


async def test_ask_ends_with_its_answer_and_the_next_command_has_the_new_catalog(
    program: Program, shop: Shop, env: Mapping[str, str]
) -> None:
    """The refresh it began goes on without it, in no terminal."""
    run(program, env, "refresh")
    shop.sells("wool-1", "wool-2")
    shop.closes()
    answer = run(program, env, "ask", "hello", "--no-stream")
    await until(lambda: len(shop.asked) == 2)
    still = shop.refreshing
    shop.opens()
    await until(lambda: not shop.refreshing)
    found = [row["model"] for row in tsv(run(program, env, "models"))]
    await until(lambda: len(shop.asked) == 3 and not shop.refreshing)

    assert (answer, still, found) == ("bleat\n", True, ["shop/wool-1", "shop/wool-2"])


async def test_ctrl_c_ends_a_refresh_at_once(program: Program, shop: Shop, env: Mapping[str, str]) -> None:
    """Its process, too, and the last catalog stays."""
    run(program, env, "refresh")
    shop.sells("wool-2")
    shop.closes()
    process = program.spawn("refresh", env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    await until(lambda: len(shop.asked) == 2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    await until(lambda: not shop.refreshing)
    found = [row["model"] for row in tsv(run(program, env, "models"))]

    assert (process.returncode, err.strip(), found) == (130, "interrupted", ["shop/wool-1"])
