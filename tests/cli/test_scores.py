"""scores, tiers, explain --match: what is believed of a model, and why."""

from __future__ import annotations

from tests.cli.conftest import Program, tsv

GRAND, MERRY, SWIFT = (f"openai-compatible/{name}" for name in ("grand-2-large", "merry-2", "swift-1-mini"))


def test_scores_tell_their_sources(world: Program) -> None:
    """Per category: how good, how sure, from which source and by which name."""
    (row,) = world.json("scores", "merry-2")["scores"]

    assert (row["model"], row["category"], row["sources"], row["coverage"]) == (
        MERRY,
        "general",
        ["artificial-analysis"],
        1,
    )
    assert (0 < row["quality"] < 100, row["uncertainty"] >= 0) == (True, True)
    assert row["evidence"].startswith("Merry 2 (")


def test_scores_of_a_category_are_best_first(world: Program) -> None:
    """All models without a name."""
    rows = tsv(world("scores", "--category", "general").stdout)

    assert [row["model"] for row in rows] == [GRAND, MERRY, SWIFT]


def test_a_model_nobody_measured_is_said_to_be_unknown(world: Program) -> None:
    """When it was named; in the list of all there is then nothing to say."""
    (row,) = tsv(world("scores", "merry-2", "--category", "coding").stdout)

    assert (row["model"], row["category"], row["quality"]) == (MERRY, "coding", "")
    assert tsv(world("scores", "--category", "coding").stdout) == []


def test_scores_of_an_unknown_model_are_an_error(world: Program) -> None:
    """With the nearest names."""
    result = world("scores", "mery-2")

    assert (result.exit_code, "did you mean" in result.stderr) == (2, True)


def test_tiers_show_their_cut_points(world: Program) -> None:
    """Adjoining, with every model in exactly one."""
    printed = world.json("tiers")
    rows = {row["tier"]: row for row in printed["tiers"]}

    assert list(rows) == ["free", "budget", "standard", "premium", None]
    assert [rows["budget"]["up_to_usd"], rows["standard"]["up_to_usd"]] == [
        rows["standard"]["above_usd"],
        rows["premium"]["above_usd"],
    ]
    assert [row["models"] for row in rows.values()] == [0, 1, 1, 1, 0]
    assert world.json("models")["cuts"] == {
        "budget": rows["budget"]["up_to_usd"],
        "standard": rows["standard"]["up_to_usd"],
    }


def test_match_tells_how_an_id_was_read_and_joined(world: Program) -> None:
    """Its parts, what was joined, and in each source the runner-up with the reason against it."""
    (model,) = world.json("explain", "--match", "merry-2")["models"]
    near = {(row["kind"], row["joined"]): row for row in model["nearest"]}

    assert (model["model"], model["parts"]["words"], model["parts"]["version"]) == (MERRY, "merry", "2")
    assert {row["what"]: row["source"] for row in model["joined"]} == {
        "price": "artificial-analysis",
        "scores: general": "artificial-analysis",
    }
    assert (near["prices", True]["name"], near["prices", True]["verdict"]) == ("Merry 2", "same")
    assert (near["scores", True]["name"], near["scores", True]["verdict"]) == ("Merry 2", "same")
    assert (near["prices", False]["name"], near["prices", False]["verdict"]) == ("Grand 2 Large", "different")
    assert near["prices", False]["evidence"] == "words grand large merry on one side only"


def test_match_reads_a_name_nobody_lists(world: Program) -> None:
    """Nothing is joined to it; what is nearest is shown all the same, the provider's list included."""
    (model,) = world.json("explain", "--match", "Merry 2 (thinking)")["models"]

    assert (model["model"], model["joined"], model["parts"]["reasoning"]) == (None, [], "on")
    assert [
        (row["kind"], row["name"], row["verdict"]) for row in model["nearest"] if row["verdict"] == "same"
    ] == [
        ("provider", "merry-2", "same"),
        ("prices", "Merry 2", "same"),
        ("scores", "Merry 2", "same"),
    ]


def test_match_in_a_pipe_is_one_table(world: Program) -> None:
    """A line per row that was looked at."""
    rows = tsv(world("explain", "--match", "swift-1-mini").stdout)

    assert {SWIFT} == {row["model"] for row in rows}
    assert [row["name"] for row in rows if row["joined"] == "true"] == ["Swift 1 Mini"] * 2
