"""The kits on the page about testing are run as they stand, on plugins the pages show and a tiny state."""

from __future__ import annotations

import sys
from collections import defaultdict
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from pointsman import Rates
from pointsman.testing import FakeHttp

from tests.docs.pages import Block, page
from tests.state.model import Model
from tests.state.tiny_state import TinyState

ROWS = [{"model": "acme-large", "input": 0.1, "output": 2}]


def whole_plugin(name: str) -> Block:
    """The one whole plugin of a page."""
    (block,) = [each for each in page(name).blocks() if each.role == "plugin"]
    return block


def made(name: str, source: Block) -> ModuleType:
    """A plugin as the module of this name."""
    module = ModuleType(name)
    exec(compile(source.text, str(source), "exec"), vars(module))  # noqa: S102 (our own pages)
    return module


def kits() -> dict[str, Any]:
    """What the page's tests define, importing the plugins of the other pages under the names it uses."""
    acme, prices = made("acme", whole_plugin("README.md")), made("acme_prices", PRICES)
    vars(acme)["Acme"] = acme.SambaNova
    state, data = ModuleType("acme_state"), defaultdict[str, Model](Model)
    vars(state).update(Config=str, AcmeState=lambda config: TinyState(data[config]))
    shown: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "acme", acme)
        patch.setitem(sys.modules, "acme_prices", prices)
        patch.setitem(sys.modules, "acme_state", state)
        for block in page("docs/how-to/test-your-plugin.md").blocks():
            if block.language == "python" and not block.role:
                names: dict[str, Any] = {"__name__": __name__}
                exec(compile(block.text, str(block), "exec"), names)  # noqa: S102 (our own pages)
                shown |= names
    return shown


PRICES = whole_plugin("docs/how-to/in-house-prices.md")
KITS = kits()
TestAcme = KITS["TestAcme"]
TestAcmePrices = KITS["TestAcmePrices"]
TestAcmeState = KITS["TestAcmeState"]


def test_the_plugin_for_prices_has_twenty_five_lines() -> None:
    """Blank ones apart."""
    assert len([line for line in PRICES.text.splitlines() if line]) <= 25


@pytest.mark.anyio
async def test_its_money_is_exact() -> None:
    """A tenth of a dollar is a tenth of a dollar, and a whole number is money too."""
    module = made("acme_prices", PRICES)
    (extension,) = module.pointsman_pricing_sources()
    source = extension.create(extension.config("https://prices.acme.example/list.json"))
    (quote,) = await source.quotes(FakeHttp(ROWS))

    assert quote.rates == Rates(Decimal("0.1"), Decimal(2))
