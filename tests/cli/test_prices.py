"""prices: what is held back, and the user's word for it."""

from __future__ import annotations

import pytest
from pointsman.testing import Upstream

from tests.cli.conftest import Program, tsv


def row(name: str, asked: float) -> dict[str, object]:
    """A row of the feed."""
    pricing = {"price_1m_input_tokens": asked, "price_1m_output_tokens": 4 * asked}
    return {"name": name, "model_creator": {"name": "Compatible"}, "pricing": pricing}


@pytest.fixture
def held(world: Program, feed: Upstream) -> Program:
    """A world whose feed asks a hundredth for one model, and less than nothing for another."""
    assert world("refresh").exit_code == 0
    rows = [row("Merry 2", 0.01), row("Swift 1 Mini", -1)]
    feed.json("GET", "/language/models", {"pagination": {"has_more": False}, "data": rows})
    assert world("refresh").exit_code == 0
    return world


def asked(program: Program) -> str | None:
    """The input price that is believed."""
    (found,) = program.json("prices", "merry-2")["prices"]
    return found["input_usd"]  # type: ignore[no-any-return]


def test_a_held_price_is_accepted_and_believed_at_once(held: Program) -> None:
    """The next command knows it; a wiped cache does not lose it."""
    before = asked(held)
    (printed,) = held.json("prices", "accept", "openai-compatible/merry-2")["accepted"]
    after = asked(held)

    assert (printed["source"], printed["model"], printed["input_usd"]) == (
        "artificial-analysis",
        "Merry 2",
        "0.01",
    )
    assert printed["reason"].startswith("100 times off the last good price 1.75 USD")
    assert (before, after) == ("1", "0.01")


def test_what_is_held_is_listed_with_what_it_asks(held: Program) -> None:
    """By either word; the file of confirmations is private."""
    rows = {each["model"]: each for each in tsv(held("prices", "--held").stdout)}
    held("prices", "accept", "Merry 2")

    assert rows.keys() == {"Merry 2", "Swift 1 Mini"}
    assert (rows["Merry 2"]["input_usd"], rows["Swift 1 Mini"]["reason"]) == ("0.01", "negative: -4")
    assert [each["model"] for each in tsv(held("prices", "--quarantined").stdout)] == ["Swift 1 Mini"]
    assert (held.home / "accepted-prices.toml").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_a_price_cannot_be_accepted(held: Program) -> None:
    """Nobody is paid for being asked."""
    result = held("prices", "accept", "Swift 1 Mini")

    assert result.exit_code == 2
    assert "cannot be a price: negative: -4" in result.stderr


def test_what_is_not_held_cannot_be_accepted(held: Program) -> None:
    """The nearest held one is named."""
    result = held("prices", "accept", "Compatible/Merry 3")

    assert result.exit_code == 2
    assert "pointsman prices --held" in result.stderr


def test_every_rate_is_shown(world: Program) -> None:
    """By name and unit, the services and the tiers beside them, also for a model without a price."""
    (found,) = world.json("prices", "merry-2")["prices"]

    assert {"input_usd", "cache_write_1h_usd", "cache_read_audio_usd", "output_image_usd"} <= found.keys()
    assert (found["variants"], found["tiers"]) == ({}, [])
