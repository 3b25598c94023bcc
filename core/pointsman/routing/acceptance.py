"""Whether the rule of a plan's step takes an answer."""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Awaitable, Callable, Mapping

from attrs import evolve, frozen

from pointsman.types import (
    Agreement,
    Attempt,
    ChatRequest,
    ChatResponse,
    Check,
    Criteria,
    FinishReason,
    JsonSchema,
    Judge,
    Message,
    Reasoning,
    Role,
    Rule,
    Text,
    Valid,
)

log = logging.getLogger("pointsman.routing")

_NUMBER = re.compile(r"(?<![\d.])(10(?:\.0+)?|\d(?:\.\d+)?)(?!\d|\.\d)")
_SAYING = frozenset({FinishReason.LENGTH, FinishReason.CONTENT_FILTER})
_MARK_TOKENS = 2_000  # for judges that think before they say a number


@frozen
class Opinion:
    """A question to a judge.

    Attributes:
        request: What it is asked.
        criteria: What is wanted of it.
    """

    request: ChatRequest
    criteria: Criteria


@frozen
class Acceptance:
    """Tests answers.

    Attributes:
        other: Asks another candidate of the step the same; None when nobody answers.
        judge: Asks a judge; None when nobody answers.
    """

    other: Callable[[], Awaitable[ChatResponse | None]]
    judge: Callable[[Opinion], Awaitable[ChatResponse | None]]

    async def of(
        self, rule: Rule, request: ChatRequest, response: ChatResponse, attempt: Attempt | None
    ) -> bool:
        """Whether `rule` takes `response`.

        Args:
            rule: Of the step.
            request: What was asked.
            response: The answer.
            attempt: Who gave it.
        """
        if isinstance(rule, Valid):
            return valid(response.text, rule.schema or request.response_format)
        if isinstance(rule, Check):
            return await _passes(rule, response)
        if isinstance(rule, Agreement):
            second = await self.other()
            return second is not None and _agree(rule, response, second)
        verdict = await self.judge(_opinion(rule, request, response, attempt))
        mark = None if verdict is None else mark_in(verdict.text)
        return mark is not None and mark >= rule.at_least


def says_nothing(response: ChatResponse) -> bool:
    """Whether a whole answer has nothing in it: no text or thought but blanks, and no other part.

    One that was cut at its bound, or by a filter, says at least that.
    """
    if response.finish_reason in _SAYING:
        return False
    return not any(not isinstance(part, Text | Reasoning) or part.text.strip() for part in response.content)


def valid(text: str, schema: object) -> bool:
    """Whether a text is JSON, and fits a `JsonSchema` where one is given."""
    import orjson

    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    if not isinstance(schema, JsonSchema):
        return True
    return fits(value, schema.schema)


def fits(value: object, schema: Mapping[str, object]) -> bool:
    """Whether a JSON value fits a JSON schema; no reference in it is fetched from anywhere."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for
    from jsonschema_specifications import REGISTRY

    plain = dict(schema)
    try:
        kind = validator_for(plain, default=Draft202012Validator)
        return bool(kind(plain, registry=REGISTRY).is_valid(value))
    except Exception:
        log.exception("an answer could not be compared with its schema; it was not accepted")
        return False


def mark_in(text: str) -> float | None:
    """The last number from 0 to 10 a judge wrote; None when there is none."""
    found = _NUMBER.findall(text)
    return float(found[-1]) if found else None


async def _passes(rule: Check, response: ChatResponse) -> bool:
    try:
        said = rule.test(response)
        return bool(await said if inspect.isawaitable(said) else said)
    except Exception:
        log.exception("the check %r failed; the answer was not accepted", rule.name)
        return False


def _agree(rule: Agreement, one: ChatResponse, other: ChatResponse) -> bool:
    try:
        return bool(rule.alike(one, other))
    except Exception:
        log.exception("two answers could not be compared; they were not accepted")
        return False


def _opinion(rule: Judge, request: ChatRequest, response: ChatResponse, attempt: Attempt | None) -> Opinion:
    judged = () if attempt is None else (f"{attempt.provider}/{attempt.model}",)
    messages = (
        *request.messages,
        Message(Role.ASSISTANT, response.text),
        Message(Role.USER, rule.question),
    )
    criteria = evolve(rule.criteria, exclude_models=(*rule.criteria.exclude_models, *judged))
    return Opinion(ChatRequest(messages, max_output_tokens=_MARK_TOKENS), criteria)
