"""One question, one answer."""

from __future__ import annotations

import json

from pointsman.testing import OpenAIUpstream, Reply

from tests.cli.conftest import ANSWER, Program


def test_the_answer_goes_out_and_one_line_about_it_aside(world: Program) -> None:
    """Nothing but the answer goes to stdout."""
    result = world("ask", "Why", "is", "the", "sky", "blue?")

    assert (result.exit_code, result.stdout) == (0, ANSWER + "\n")
    assert result.stderr.split(" · ")[:3] == ["openai-compatible/merry-2", "5 in, 9 out", "$0.000041"]


def test_quiet_leaves_only_the_answer(world: Program) -> None:
    """Nothing aside."""
    assert world("ask", "-q", "hi").stderr == ""


def test_the_document_holds_everything(world: Program) -> None:
    """Exact cost, tokens, who was asked and who answered."""
    printed = world.json("ask", "Why is the sky blue?")

    assert (printed["schema"], printed["text"], printed["finish_reason"]) == (
        "pointsman/ask/1",
        ANSWER,
        "stop",
    )
    assert (printed["provider"], printed["model"], printed["attempts"]) == ("openai-compatible", "merry-2", 1)
    assert printed["cost"] == {"usd": "0.000041", "source": "artificial-analysis", "estimated": False}
    assert printed["usage"] == {"input_tokens": 5, "output_tokens": 9, "estimated": False}


def test_the_prompt_may_come_from_a_pipe(world: Program, provider: OpenAIUpstream) -> None:
    """All of it without words; in place of - among words."""
    world("ask", stdin="from the pipe")
    world("ask", "Read this:", "-", stdin="the text")
    asked = [json.loads(each.body)["messages"] for each in provider.requests if each.method == "POST"]

    assert [messages[-1]["content"] for messages in asked] == ["from the pipe", "Read this: the text"]


def test_options_reach_the_provider(world: Program, provider: OpenAIUpstream) -> None:
    """Instructions, bound and temperature."""
    world("ask", "hi", "-s", "Be brief.", "--max-output-tokens", "7", "--temperature", "0.5", "--no-stream")
    body = json.loads(provider.requests[-1].body)

    assert (
        body["messages"][0]["content"],
        body.get("max_tokens") or body.get("max_completion_tokens"),
        body["temperature"],
        bool(body.get("stream")),
    ) == ("Be brief.", 7, 0.5, False)


def test_criteria_choose(world: Program) -> None:
    """Cost, quality, model, task."""
    chosen = [
        world.json("ask", "hi", *options)["model"]
        for options in (
            ["--prefer", "quality"],
            ["--max-price", "0.5"],
            ["-m", "grand-2-large"],
            ["-t", "summarization"],
            ["--strategy", "cheapest"],
        )
    ]

    assert chosen == ["grand-2-large", "swift-1-mini", "grand-2-large", "swift-1-mini", "swift-1-mini"]


def test_a_failure_goes_to_the_next(world: Program, provider: OpenAIUpstream) -> None:
    """The line about the answer says that it took two."""
    provider.models["merry-2"].fault = Reply.json({"error": {"message": "overloaded"}}, 503)
    result = world("ask", "hi")

    assert (result.stdout, result.stderr.rstrip().endswith("2 attempts")) == (ANSWER + "\n", True)


def test_an_answer_cut_short_is_said(world: Program, provider: OpenAIUpstream) -> None:
    """Nobody takes half an answer for a whole one."""
    choice = {"index": 0, "message": {"role": "assistant", "content": "It is"}, "finish_reason": "length"}
    provider.models["merry-2"].fault = Reply.json({"id": "1", "model": "merry-2", "choices": [choice]})

    assert "warning: the answer was cut short" in world("ask", "hi", "--no-stream").stderr


def test_chat_remembers_and_obeys(world: Program, provider: OpenAIUpstream) -> None:
    """History goes with each turn; orders change who is asked; an error ends a turn, not the conversation."""
    lines = "first\n/model nobody\nlost\n/model swift-1-mini\nsecond\n/cost\n/new\nthird\n/quit\nnever"
    result = world("chat", stdin=lines)
    bodies = [json.loads(each.body) for each in provider.requests if each.method == "POST"]

    assert (result.exit_code, result.stdout.splitlines()) == (0, [ANSWER] * 3)
    assert [(body["model"], len(body["messages"])) for body in bodies] == [
        ("merry-2", 1),
        ("swift-1-mini", 3),
        ("swift-1-mini", 1),
    ]
    assert "error PM-UNKNOWN: unknown model 'nobody'" in result.stderr
    assert "2 answers, $0.0000" in result.stderr


def test_chat_ends_with_one_document(world: Program) -> None:
    """Every turn as ask tells it, and the exact sum."""
    printed = world.json("chat", stdin="one\ntwo\n")

    assert (
        printed["schema"],
        [each["prompt"] for each in printed["turns"]],
    ) == ("pointsman/chat/1", ["one", "two"])
    assert float(printed["usd"]) == sum(float(each["cost"]["usd"]) for each in printed["turns"])


def test_an_order_nobody_knows_is_help(world: Program) -> None:
    """And a task nobody knows is an error with the nearest."""
    result = world("chat", stdin="/help\n/task codng\n/task coding\n/task\n")

    assert "/quit" in result.stderr
    assert "did you mean 'coding'" in result.stderr
    assert result.stderr.splitlines()[-2:] == ["task: coding", "task: none"]
