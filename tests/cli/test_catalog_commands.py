"""models, prices, explain, refresh, usage: rows about real calls to loopback servers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pointsman.testing import OpenAIUpstream, Upstream

from tests.cli.conftest import FACTS, Program, tsv

MODELS = ["openai-compatible/grand-2-large", "openai-compatible/merry-2", "openai-compatible/swift-1-mini"]


def test_models_are_listed_with_prices_and_scores(world: Program) -> None:
    """Best first; what cannot chat is not there."""
    rows = world.json("models")["models"]

    assert [row["model"] for row in rows] == MODELS
    assert [facts[:2] for facts in FACTS.values()] == [
        (float(row["input_usd"]), float(row["output_usd"])) for row in rows
    ]
    assert [rows[0]["quality"], rows[-1]["quality"]] == [100, 0]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--sort", "price"], ["swift-1-mini", "merry-2", "grand-2-large"]),
        (["--sort", "speed"], ["swift-1-mini", "merry-2", "grand-2-large"]),
        (["--sort", "name"], ["grand-2-large", "merry-2", "swift-1-mini"]),
        (["--sort", "value"], ["merry-2", "grand-2-large", "swift-1-mini"]),
        (["--max-price", "2"], ["merry-2", "swift-1-mini"]),
        (["--min-quality", "90"], ["grand-2-large"]),
        (["--context", "100k"], ["grand-2-large", "merry-2", "swift-1-mini"]),
        (["--context", "1m"], []),
        (["--max-price", "0.01"], []),
        (["-n", "1"], ["grand-2-large"]),
        (["swift"], ["swift-1-mini"]),
    ],
)
def test_models_can_be_sorted_and_filtered(world: Program, options: list[str], names: list[str]) -> None:
    """No filter is ever relaxed."""
    rows = tsv(world("models", *options).stdout)

    assert names == [row["model"].partition("/")[2] for row in rows]


def test_what_is_left_out_has_a_reason(world: Program) -> None:
    """Not for chat, or not within the filters."""
    left_out = world.json("models", "--all", "--max-price", "2")["left_out"]

    assert [(row["model"], row["rule"]) for row in left_out] == [
        ("openai-compatible/grand-2-large", "max_price"),
        ("openai-compatible/tiny-embedding-1", "kind"),
    ]
    assert [row for row in left_out if not row["reason"]] == []


def test_filters_that_leave_nobody_say_which(world: Program) -> None:
    """Each model with the filter it fails."""
    rows = world.json("models", "--all", "--max-price", "0.01")["left_out"]

    assert {"max_price", "kind"} == {row["rule"] for row in rows}


def test_an_unknown_provider_is_an_error(world: Program) -> None:
    """Not an empty list."""
    assert world("models", "--provider", "nobody").exit_code == 2


def test_prices_tell_their_source(world: Program) -> None:
    """Who says so, how old, how sure."""
    (row,) = world.json("prices", "merry-2")["prices"]

    assert (
        row["input_usd"],
        row["output_usd"],
        row["source"],
        row["estimated"],
    ) == ("1", "4", "artificial-analysis", False)
    assert 0 < row["confidence"] <= 1


def test_a_price_nobody_believes_is_held_back(world: Program, feed: Upstream) -> None:
    """And named, with the reason."""
    row = {"name": "Merry 2", "pricing": {"price_1m_input_tokens": -1, "price_1m_output_tokens": 4}}
    feed.json("GET", "/language/models", {"data": [row]})
    (held,) = tsv(world("prices", "--quarantined").stdout)

    assert (
        held["model"],
        held["source"],
        held["reason"],
    ) == ("Merry 2", "artificial-analysis", "negative: -1")


def test_explain_ranks_and_reasons(world: Program) -> None:
    """Every candidate with its parts; every other model with why not; nobody is asked."""
    printed = world.json("explain", "--max-price", "2")

    assert ("pointsman/explain/1", "weighted", MODELS[1]) == (
        printed["schema"],
        printed["strategy"],
        printed["chosen"],
    )
    assert ([1, 2], MODELS[1:]) == (
        [each["rank"] for each in printed["ranking"]],
        [each["model"] for each in printed["ranking"]],
    )
    assert {"quality", "cost", "speed", "availability"} == set(printed["ranking"][0]["parts"])
    assert [(MODELS[0], "max_price")] == [(each["model"], each["rule"]) for each in printed["excluded"]]
    assert printed["criteria"] == {"max_price": "2", "category": "general"}


def test_explain_asks_nobody(world: Program, provider: OpenAIUpstream) -> None:
    """A look costs nothing."""
    world("explain", "a prompt")

    assert [each for each in provider.requests if each.method == "POST"] == []


def test_explain_says_what_was_dropped(world: Program) -> None:
    """A soft constraint that nobody satisfies."""
    assert world.json("explain", "--max-price", "0.001")["relaxed"] == ["max_price"]


def test_explain_in_a_pipe_is_one_table(world: Program) -> None:
    """Ranked ones with a rank, the others with a reason."""
    rows = tsv(world("explain", "--max-price", "2").stdout)

    assert [(row["rank"], row["rule"]) for row in rows] == [("1", ""), ("2", ""), ("", "max_price")]


def test_refresh_tells_rows_and_changes(world: Program, provider: OpenAIUpstream) -> None:
    """A row per source; the second time also what is new and gone."""
    first = world.json("refresh")
    gone = provider.models.pop("merry-2")
    provider.models["jolly-3"] = gone
    gone.id = "jolly-3"
    second = world.json("refresh")

    assert [(each["kind"], each["state"], each["rows"]) for each in first["sources"]] == [
        ("prices", "done", 3),
        ("provider", "done", 4),
        ("scores", "done", 6),
    ]
    assert first["changes"] == {"new": [], "gone": [], "dearer": [], "cheaper": []}
    assert (
        second["changes"]["new"],
        second["changes"]["gone"],
    ) == (["openai-compatible/jolly-3"], ["openai-compatible/merry-2"])


def test_refresh_fails_when_no_provider_answers(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is then nothing to choose from."""
    monkeypatch.setenv("OPENAI_COMPATIBLE_BASE_URL", "http://127.0.0.1:9")

    assert program("refresh").exit_code == 1


def test_a_feed_that_fails_keeps_its_last_good_rows(world: Program, feed: Upstream) -> None:
    """And says so."""
    world("refresh")
    feed.json("GET", "/language/models", {}, 500)
    printed = world.json("refresh")

    assert {each["state"] for each in printed["sources"]} == {"kept", "done"}
    assert [each for each in printed["sources"] if each["fetched_at"] is None] == []
    assert printed["models"] == 3


def test_usage_adds_up_exactly(world: Program) -> None:
    """The sum of the answers' costs, by whatever group."""
    spent = [
        Decimal(world.json("ask", "hi", *options)["cost"]["usd"])
        for options in (["-m", "merry-2"], ["-m", "grand-2-large"], ["-t", "summarization", "--tag", "x"])
    ]
    printed = world.json("usage", "--by", "model,task")

    assert sum(spent) == Decimal(printed["total"]["usd"])
    assert [(row["model"], row["task"]) for row in printed["rows"]] == [
        ("grand-2-large", ""),
        ("merry-2", ""),
        ("swift-1-mini", "summarization"),
    ]
    assert [row["tag"] for row in world.json("usage", "--by", "tag")["rows"]] == ["", "x"]
    assert world.json("usage", "--since", "2999-01-01")["rows"] == []
