"""What a user would be given: typical requests for typical sets of keys, over the recorded real world.

    uv run python tests/benchmarks/realworld.py [--strategy NAME] [--json] [--against BEFORE.json]
    uv run python tests/benchmarks/realworld.py --keys-and-asks FILE.json

Serves the recorded feeds on loopback, refreshes once, and prints the first three of each decision. A mark
before the winner says why a person would object: ``?`` nobody measured it, or one source only; ``$`` ten
times dearer than a model whose expected success is within 0.02; ``!`` a model for something else; ``r`` a
router that hides who answers. The marks are a smoke alarm, not a goal: their word lists are not for the
product.

``--against`` takes what ``--json`` printed before a change, prints the winners that differ, and fails if any
do.

``--keys-and-asks`` takes other lists than the built-in ones, either or both of them::

    {"keys": {"two": ["openai", "anthropic"]},
     "asks": [["coding", "Write a TOML parser", {"task": "coding"}],
              ["long", ["word ", 150000], {}]]}

A set of keys is named and lists providers; an ask is a name, what is asked (a text, a pair of a text and how
often it is repeated, or OpenAI-style messages) and the options of `Router.decide`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import asdict, frozen
from pointsman import Decision, PointsmanError, Quality, Ranked, Router

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.world import served

PROVIDERS = [
    "openai",
    "anthropic",
    "gemini",
    "mistral",
    "groq",
    "xai",
    "deepseek",
    "cerebras",
    "moonshot",
    "perplexity",
    "fireworks",
    "huggingface",
    "together",
    "cohere",
    "github-models",
    "bedrock",
    "openrouter",
    "ollama",
    "heroku",
    "hetzner",
]
KEYS: Mapping[str, Sequence[str]] = {
    "openai": ["openai"],
    "anthropic": ["anthropic"],
    "gemini": ["gemini"],
    "mistral": ["mistral"],
    "groq": ["groq"],
    "bedrock": ["bedrock"],
    "openrouter": ["openrouter"],
    "openai+anthropic": ["openai", "anthropic"],
    "openai+mistral": ["openai", "mistral"],
    "anthropic+bedrock": ["anthropic", "bedrock"],
    "openai+anthropic+gemini+mistral": ["openai", "anthropic", "gemini", "mistral"],
    "groq+gemini": ["groq", "gemini"],
    "all": PROVIDERS,
}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
IMAGE = [
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "what is this"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
        ],
    }
]
ASKS: Sequence[Sequence[Any]] = (
    ("plain", "Why is the sky blue?", {}),
    ("tools", "Book a table", {"tools": [TOOL]}),
    ("image", IMAGE, {}),
    ("coding", "Write a TOML parser", {"task": "coding"}),
    ("reasoning", "Prove that there are infinitely many primes", {"task": "reasoning"}),
    ("fast", "Translate hi", {"task": "fast"}),
    ("summary", ("word ", 20_000), {"task": "summarization"}),
    ("long prompt", ("word ", 150_000), {}),
    ("cheap but good", "hi", {"min_quality": 80, "prefer": "cost"}),
    ("quality", "hi", {"prefer": "quality"}),
    ("free first", "hi", {"free_first": True}),
)
OTHER_PURPOSE = [
    "voxtral",
    "whisper",
    "tts",
    "sonic",
    "audio",
    "lyria",
    "music",
    "image",
    "embed",
    "rerank",
    "guard",
    "moderation",
    "ocr",
    "realtime",
    "transcribe",
    "deep-research",
    "robotics",
    "computer-use",
    "live",
    "lunaris",
    "mythomax",
    "codestral-mamba",
]
ROUTERS = ("openrouter/free", "openrouter/auto", "bodybuilder", "switchpoint", "pareto-code", "-router")
_MEASURED = 0.15  # coverage from which a quality counts as measured


@frozen
class Place:
    """One place in a ranking: the candidate's key, expected dollars of the call, expected quality."""

    model: str
    usd: float
    quality: float


@frozen
class Choice:
    """What one ask was given with one set of keys.

    Attributes:
        keys, ask: Names of the set and of the ask.
        marks: Why a person would object to the winner; empty when nothing is wrong.
        first: The first three of the ranking.
        relaxed: Limits that gave way.
        problem: Why there is no winner; empty when there is one.
    """

    keys: str
    ask: str
    marks: str = ""
    first: tuple[Place, ...] = ()
    relaxed: tuple[str, ...] = ()
    problem: str = ""

    @property
    def winner(self) -> str:
        """The winner's key; empty when there is none."""
        return self.first[0].model if self.first else ""

    def __str__(self) -> str:
        """One line."""
        who = f"{self.keys:32} {self.ask:14}"
        if self.problem:
            return f"{who} {self.problem}"
        ranked = " > ".join(f"{each.model} (${each.usd:.4f}, q {each.quality:.0f})" for each in self.first)
        return f"{who} {self.marks:3} {ranked} {'relaxed ' + ','.join(self.relaxed) if self.relaxed else ''}"


def choice(keys: str, ask: str, decision: Decision) -> Choice:
    """The line of the table for a decision."""
    if not decision.ranking:
        common = Counter(each.rule for each in decision.excluded).most_common(2)
        return Choice(keys, ask, problem=f"nobody: {common}")
    first = [
        Place(each.candidate.key, _usd(each) or 0.0, each.expected.quality or 0.0)
        for each in decision.ranking[:3]
    ]
    return Choice(keys, ask, marks(decision), tuple(first), decision.relaxed)


def marks(decision: Decision) -> str:
    """Why a person would object to the winner, one character per reason."""
    winner, category = decision.ranking[0].candidate, decision.criteria.category
    reasons = {
        "?": _hardly_measured(winner.quality_in(category)),
        "$": _overpriced(decision.ranking, category),
        "!": any(word in winner.model.id.lower() for word in OTHER_PURPOSE),
        "r": any(name in winner.key for name in ROUTERS),
    }
    return "".join(mark for mark, holds in reasons.items() if holds)


def _hardly_measured(quality: Quality | None) -> bool:
    if quality is None or not quality.sources:
        return True
    return len(quality.sources) < 2 and quality.coverage < _MEASURED


def _overpriced(ranking: Sequence[Ranked], category: str) -> bool:
    """Whether somebody measured, as good within 0.02, costs less than a tenth of the winner."""
    cost, quality = _usd(ranking[0]), ranking[0].candidate.quality_in(category)
    if not cost or quality is None or quality.success is None:
        return False
    for each in ranking[1:]:
        rival, usd = each.candidate.quality_in(category), _usd(each)
        if rival is None or rival.success is None or rival.coverage < _MEASURED or usd is None:
            continue
        if 0 < usd < cost / 10 and rival.success >= quality.success - 0.02:
            return True
    return False


def _usd(ranked: Ranked) -> float | None:
    """Expected dollars of this call, as the strategy says."""
    return None if ranked.expected.cost is None else float(ranked.expected.cost)


async def choices(
    env: Mapping[str, str],
    keys: Mapping[str, Sequence[str]] = KEYS,
    asks: Iterable[Sequence[Any]] = ASKS,
    strategy: str = "",
) -> AsyncIterator[Choice]:
    """Every ask with every set of keys, in order, over the feeds as `env` has them refreshed."""
    asked = [(name, _messages(messages), options) for name, messages, options in asks]
    for name, allowed in keys.items():
        config = {**_only(allowed), **({"strategy": strategy} if strategy else {})}
        async with Router.open(config, env=env) as router:
            for ask, messages, options in asked:
                try:
                    decision = await router.decide(messages, **options)
                except PointsmanError as error:
                    problem = f"{type(error).__name__}: {str(error)[:90]}"
                    yield Choice(name, ask, problem=problem)
                else:
                    yield choice(name, ask, decision)


def _messages(given: Any) -> Any:
    """What is asked; a pair of a text and a number is the text repeated."""
    if isinstance(given, list | tuple) and len(given) == 2 and isinstance(given[1], int):
        return given[0] * given[1]
    return given


def _only(allowed: Sequence[str]) -> dict[str, Any]:
    """The configuration that leaves these providers alone on.

    Raises:
        ValueError: One of them is not served.
    """
    if unknown := sorted({*allowed} - {*PROVIDERS}):
        raise ValueError(f"no recorded list of {', '.join(unknown)}; there are {', '.join(PROVIDERS)}")
    return {"providers": {each: {"enabled": False} for each in PROVIDERS if each not in allowed}}


async def refresh(env: Mapping[str, str], allowed: Sequence[str] = PROVIDERS) -> None:
    """Fetch everything once."""
    async with Router.open(_only(allowed), env=env) as router:
        await router.refresh()


async def measure(
    keys: Mapping[str, Sequence[str]], asks: Sequence[Sequence[Any]], strategy: str, *, aloud: bool
) -> list[Choice]:
    """All choices over freshly served feeds; printed as they come where `aloud`."""
    found = []
    with served() as world, tempfile.TemporaryDirectory() as home:
        env = world.environment(Path(home))
        await refresh(env)
        async for each in choices(env, keys, asks, strategy):
            found.append(each)
            if aloud:
                print(each, flush=True)
    return found


def summary(found: Sequence[Choice]) -> dict[str, int]:
    """How many were chosen, how many of those a person would object to, how many asks nobody may answer."""
    return {
        "chosen": sum(not each.problem for each in found),
        "objectionable": sum(bool(each.marks) for each in found),
        "unanswered": sum(bool(each.problem) for each in found),
    }


def differences(before: Iterable[Mapping[str, Any]], found: Iterable[Choice]) -> list[str]:
    """A line for each winner that is not the one it was; ``before`` is the ``choices`` of ``--json``."""
    was = {(each["keys"], each["ask"]): each["first"][0]["model"] if each["first"] else "" for each in before}
    return [
        f"{each.keys:32} {each.ask:14} {was[each.keys, each.ask] or 'nobody'} -> {each.winner or 'nobody'}"
        for each in found
        if was.get((each.keys, each.ask), each.winner) != each.winner
    ]


def read_lists(file: Path) -> tuple[Mapping[str, Sequence[str]], Sequence[Sequence[Any]]]:
    """The sets of keys and the asks of a file; the built-in ones where it has none.

    Raises:
        ValueError: It holds anything else.
    """
    lists = json.loads(file.read_text())
    if not isinstance(lists, dict) or not {*lists} <= {"keys", "asks"}:
        raise ValueError(f'{file} is to hold {{"keys": {{…}}, "asks": […]}}, either or both')
    return lists.get("keys", KEYS), lists.get("asks", ASKS)


def main() -> int:
    """Print the table; 1 when winners differ from those compared with."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--strategy", default="")
    parser.add_argument("--keys-and-asks", type=Path, metavar="FILE.json")
    parser.add_argument("--against", type=Path, metavar="BEFORE.json")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    keys, asks = read_lists(given.keys_and_asks) if given.keys_and_asks else (KEYS, ASKS)
    aloud = not given.json and not given.against
    found = asyncio.run(measure(keys, asks, given.strategy, aloud=aloud))
    counts = summary(found)
    if given.json:
        print(json.dumps({"choices": [asdict(each) for each in found], **counts}))
        return 0
    if given.against:
        differing = differences(json.loads(given.against.read_text())["choices"], found)
        print("\n".join([*differing, f"{len(differing)} of {len(found)} winners differ"]))
        return 1 if differing else 0
    print(
        f"{counts['objectionable']} of {counts['chosen']} choices a person would object to;"
        f" {counts['unanswered']} asks nobody may answer (read why)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
