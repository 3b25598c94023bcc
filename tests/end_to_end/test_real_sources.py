"""Real price lists and a leaderboard, fetched by the real sources, for a provider that lists bare ids."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pointsman.testing import Reply, Upstream

from tests.cli.conftest import Program

pytestmark = pytest.mark.shared

FEEDS = {
    "MODELS_DEV_URL": "pricing/models_dev/api_2026-07-30.json",
    "LITELLM_PRICES_URL": "pricing/litellm/model_prices_and_context_window.json",
    "BFCL_URL": "benchmarks/bfcl/data_overall.csv",
}
ONLY = "openai,models-dev,litellm-prices,bfcl,price-list,strategies"
CONFIG = """
[pricing_sources.contract.prices]
"openai/gpt-4o" = { input = 1.8, output = 7.5 }

[pricing_sources.discounts.shares]
"openai/gpt-4.1*" = 0.15
"""


@pytest.fixture(scope="module")
def program(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program in a home of its own, with everything fetched once."""
    home = tmp_path_factory.mktemp("sources")
    listed = json.loads((shared_data / "recorded/openai/models_list_2026-08.json").read_text())
    with Upstream.in_thread() as upstream, pytest.MonkeyPatch.context() as patch:
        upstream.json("GET", "/v1/models", listed["response"]["body_json"])
        for variable, file in FEEDS.items():
            upstream.add("GET", f"/{variable}", Reply(200, {}, ((shared_data / file).read_bytes(),)))
            patch.setenv(variable, f"{upstream.url}/{variable}")
        for name, value in {
            "POINTSMAN_HOME": str(home),
            "POINTSMAN_ONLY": ONLY,
            "OPENAI_API_KEY": "sk-canary-0123456789abcdef",
            "OPENAI_BASE_URL": f"{upstream.url}/v1",
        }.items():
            patch.setenv(name, value)
        home.chmod(0o700)
        (home / "pointsman.toml").write_text(CONFIG, encoding="utf-8")
        made = Program(home)
        assert made("refresh").exit_code == 0
        yield made


def prices(program: Program, *models: str) -> Mapping[str, Any]:
    """What is shown of the prices of these models."""
    return {row["model"]: row for row in program.json("prices", *models)["prices"]}


def test_a_list_of_bare_ids_becomes_models_with_abilities_windows_and_prices(program: Program) -> None:
    """Everything but the ids comes from the price lists."""
    found = program.json("models", "--needs", "tools,vision", "--context", "100k", "--max-price", "5")
    priced = [row for row in found["models"] if row["input_usd"] is not None]

    assert len(found["models"]) > 10
    assert priced == found["models"]
    assert all(row["context_window"] >= 100_000 for row in found["models"])


def test_contract_and_discount_are_what_is_charged(program: Program) -> None:
    """The one stands as written; the other is taken off the list price, exactly."""
    found = prices(program, "openai/gpt-4o", "openai/gpt-4.1-mini")
    contract, reduced = found["openai/gpt-4o"], found["openai/gpt-4.1-mini"]

    assert (contract["source"], contract["input_usd"], contract["output_usd"]) == ("contract", "1.8", "7.5")
    assert (reduced["input_usd"], reduced["output_usd"]) == ("0.34", "1.36")
    assert "15% off by discounts" in reduced["evidence"]


@pytest.mark.parametrize(
    "command",
    [
        "sources",
        "tiers",
        "scores",
        "prices --held",
        "doctor",
        "models --plot",
        "explain --category agentic hello",
        "explain --match openai/gpt-4.1-mini",
        "explain --match 'GPT-4.1 mini'",
    ],
)
def test_every_face_can_show_it(program: Program, command: str) -> None:
    """Discounts, contracts, services and thousands of rows break none of them."""
    result = program(*shlex.split(command))

    assert (result.exit_code, result.stderr, bool(result.stdout)) == (0, "", True), result.output
