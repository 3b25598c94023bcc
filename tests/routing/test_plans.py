"""Plans of several steps: ask, test the answer, go on or stop."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pointsman import (
    Agreement,
    AttemptsFailedError,
    AttemptState,
    CallState,
    ChatChunk,
    ChatResponse,
    Check,
    Criteria,
    Decision,
    JsonSchema,
    Judge,
    Message,
    Ranked,
    Rule,
    Step,
    TransportError,
    Valid,
)
from pointsman.routing.acceptance import mark_in

from tests.builders import NOW, answer, pieces, request
from tests.routing.bench import ONE, TWO, Bench

AGE = JsonSchema({"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]})


def cascade(rule: Rule) -> list[Step]:
    """Ask the first; where its answer is not accepted, the second."""
    return [Step((Ranked(ONE, 2.0),), rule), Step((Ranked(TWO, 1.0),))]


def states(bench: Bench) -> list[tuple[str, str, int]]:
    """Model, state and step of each attempt."""
    return [(each.model, each.state.value, each.step) for each in bench.ledger.last.attempts]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("rule", "said", "accepted"),
    [
        (Valid(AGE), '{"age": 7}', True),
        (Valid(AGE), '{"age": "seven"}', False),
        (Valid(AGE), "seven", False),
        (Valid(), "[1, 2]", True),
        (Valid(JsonSchema({"$ref": "https://example.com/never-fetched.json"})), "{}", False),
        (Check(lambda answer: "7" in answer.text), "it is 7", True),
        (Check(lambda answer: "7" in answer.text), "no idea", False),
        (Check(lambda answer: answer.text.nonsense), "a broken check takes nothing", False),  # type: ignore[attr-defined]
    ],
)
async def test_an_answer_is_accepted_or_the_next_step_asked(rule: Rule, said: str, accepted: bool) -> None:
    """Both are attempts of one row, whose bill is their sum."""
    bench = Bench(one=[answer(said, "one")], two=[answer("from two", "two")], steps=cascade(rule))
    response = await bench.chat()
    expected = (
        ("one", [("one", "accepted", 0)], Decimal(15))
        if accepted
        else ("two", [("one", "rejected", 0), ("two", "accepted", 1)], Decimal(45))
    )

    assert expected == (response.model, states(bench), response.usd)


@pytest.mark.anyio
async def test_a_check_may_be_asynchronous() -> None:
    """A test suite takes a while."""

    async def test(answer: ChatResponse) -> bool:
        return answer.text == "good"

    bench = Bench(one=[answer("good", "one")], steps=cascade(Check(test)))

    assert (await bench.chat()).model == "one"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("Paris", " paris\n"), ("one", "Paris", True, [("one", "accepted"), ("two", "judged")])),
        (
            ("Paris", "Rome"),
            ("one", "third", True, [("one", "rejected"), ("two", "judged"), ("one", "accepted")]),
        ),
    ],
)
async def test_two_that_agree_are_believed(said: tuple[str, str], expected: Any) -> None:
    """The first of the two is given; where they differ, the next step decides."""
    one, two = said
    both = (Ranked(ONE, 2.0), Ranked(TWO, 1.0))
    steps = [Step(both, Agreement()), Step((Ranked(ONE, 1.0),))]
    bench = Bench(one=[answer(one, "one"), answer("third", "one")], two=[answer(two, "two")], steps=steps)
    response = await bench.chat()

    assert expected == (
        response.model,
        response.text,
        response.accepted,
        [state[:2] for state in states(bench)],
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("9", ("one", [("one", "accepted"), ("two", "judged")])),
        ("I would give it 3.", ("two", [("one", "rejected"), ("two", "judged"), ("two", "accepted")])),
        ("no number", ("two", [("one", "rejected"), ("two", "judged"), ("two", "accepted")])),
        (TransportError("down"), ("two", [("one", "rejected"), ("two", "failed"), ("two", "accepted")])),
    ],
)
async def test_a_judge_is_asked_through_the_same_loop(mark: Any, expected: Any) -> None:
    """Its call is an attempt of the same row; a judge that says nothing accepts nothing."""
    verdict = mark if isinstance(mark, Exception) else answer(mark, "two")
    judges = Decision(Criteria(), (Ranked(TWO, 1.0),), (), (), "test", "hash", NOW)
    bench = Bench(
        one=[answer("an answer", "one")],
        two=[verdict, answer("a better one", "two")],
        steps=cascade(Judge()),
        judges=judges,
    )
    response = await bench.chat()
    question, criteria = next(heard for heard in bench.heard if isinstance(heard[-1], Criteria))
    said: list[Message] = list(question.messages)

    assert expected == (response.model, [state[:2] for state in states(bench)])
    assert ([each.text for each in said[:2]], criteria.exclude_models) == (["hello", "an answer"], ("a/one",))


@pytest.mark.anyio
async def test_when_nothing_is_accepted_the_last_answer_is_given_and_says_so() -> None:
    """A paid answer is not thrown away."""
    never = Check(lambda _: False)
    bench = Bench(
        one=[answer("one", "one")],
        two=[answer("two", "two")],
        steps=[Step((Ranked(ONE, 1.0),), never), Step((Ranked(TWO, 1.0),), never)],
    )
    response = await bench.chat()

    assert (response.text, response.accepted, bench.ledger.last.state) == ("two", False, CallState.SETTLED)


@pytest.mark.anyio
async def test_a_step_whose_candidates_fail_is_passed_over() -> None:
    """The second step is asked; when that fails, too, every error is in the last one."""
    good = Bench(one=[TransportError("down")], two=[answer("two", "two")], steps=cascade(Valid()))
    bad = Bench(one=[TransportError("down")], two=[TransportError("too")], steps=cascade(Valid()))
    response = await good.chat()
    with pytest.raises(AttemptsFailedError) as caught:
        await bad.chat()

    assert (response.text, [each.detail for each in caught.value.attempts]) == ("two", ["down", "too"])


@pytest.mark.anyio
async def test_a_stream_is_held_until_its_answer_is_accepted() -> None:
    """The caller sees the accepted answer only."""
    rule = Check(lambda answer: answer.text == "ho")
    bench = Bench(one=[pieces("hi", "one")], two=[pieces("ho", "two")], steps=cascade(rule))
    text, response = await bench.streamed()

    assert response is not None
    assert (text, response.text, states(bench)) == (
        "ho",
        "ho",
        [("one", "rejected", 0), ("two", "accepted", 1)],
    )


@pytest.mark.anyio
async def test_a_held_stream_that_breaks_is_asked_for_elsewhere() -> None:
    """Nobody has seen any of it; what came is paid for all the same."""
    broken = [ChatChunk("ha"), TransportError("cut", maybe_billed=True)]
    steps = [Step((Ranked(ONE, 2.0), Ranked(TWO, 1.0)), Check(lambda answer: answer.text == "ho"))]
    bench = Bench(one=[broken], two=[pieces("ho", "two")], steps=steps)
    text, response = await bench.streamed()
    first = bench.ledger.last.attempts[0]

    assert response is not None
    assert (text, response.accepted, states(bench)) == (
        "ho",
        True,
        [("one", "failed", 0), ("two", "accepted", 0)],
    )
    assert (first.usage.output_tokens, first.first_token is not None) == (1, True)


@pytest.mark.anyio
async def test_the_requests_own_schema_is_what_is_valid() -> None:
    """A rule without a schema takes the request's."""
    bench = Bench(one=[answer("{}", "one")], two=[answer('{"age": 7}', "two")], steps=cascade(Valid()))
    response = await bench.chat(request(response_format=AGE))

    assert (response.model, bench.ledger.last.attempts[0].state) == ("two", AttemptState.REJECTED)


@pytest.mark.parametrize(
    ("text", "mark"), [("7", 7.0), ("10", 10.0), ("8/10? No: 6.5.", 6.5), ("of 100", None), ("", None)]
)
def test_a_mark_is_the_last_number_from_0_to_10(text: str, mark: float | None) -> None:
    """Judges like to explain themselves first."""
    assert mark == mark_in(text)
