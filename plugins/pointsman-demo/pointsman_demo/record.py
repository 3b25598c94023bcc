"""The story as one JSON document.

``{"schema": "pointsman/demo/1", "steps": [{"step", "title", "why", …}], "spent_usd"}``: a step holds
``models`` and ``left_out``; ``text``, ``model``, ``usd``, ``attempts``; ``ranking`` and ``excluded``; or
``usage``. Money is decimal text in US dollars.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pointsman import Decision, UsageRow

from pointsman_demo.story import Answer, Stock


class Record:
    """A teller that only takes notes."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Any]] = []
        self._spent = Decimal(0)

    def text(self) -> str:
        """The document."""
        whole = {
            "schema": "pointsman/demo/1",
            "steps": self.steps,
            "spent_usd": f"{self._spent.normalize():f}",
        }
        return json.dumps(whole, indent=2, ensure_ascii=False)

    def begin(self, name: str, title: str, why: str) -> None:
        self.steps.append({"step": name, "title": title, "why": why})

    def stock(self, stock: Stock) -> None:
        self.steps[-1]["hash"] = stock.hash
        self.steps[-1]["models"] = [
            {
                "model": each.key,
                "tier": each.tier,
                "input_usd": str(each.price.rates.input) if each.price else None,
                "output_usd": str(each.price.rates.output) if each.price else None,
                "quality": each.quality["general"].value if "general" in each.quality else None,
                "tokens_per_second": each.speed.output_tokens_per_second if each.speed else None,
            }
            for each in stock.candidates
        ]
        self.steps[-1]["left_out"] = [
            {"model": each.model, "rule": each.rule, "reason": each.reason} for each in stock.left_out
        ]

    def asked(self, prompt: str) -> None:
        self.steps[-1].update(prompt=prompt, text="")

    def piece(self, text: str) -> None:
        self.steps[-1]["text"] += text

    def answered(self, answer: Answer) -> None:
        response, settled = answer.response, answer.call.settlement
        self.steps[-1].update(
            model=f"{response.provider}/{response.requested_model}",
            input_tokens=response.usage.input_tokens,
            output_tokens=response.usage.output_tokens,
            usd=None if response.usd is None else f"{response.usd.normalize():f}",
            attempts=[
                {"model": f"{each.provider}/{each.model}", "ok": each.state.answered, "error": each.error}
                for each in (settled.attempts if settled else ())
            ],
        )

    def decided(self, decision: Decision) -> None:
        self.steps[-1].update(
            strategy=decision.strategy,
            ranking=[
                {"model": each.candidate.key, "score": each.score, "parts": dict(each.parts)}
                for each in decision.ranking
            ],
            excluded=[
                {"model": each.candidate.key, "rule": each.rule, "reason": each.reason}
                for each in decision.excluded
            ],
        )

    def spent(self, rows: Sequence[UsageRow]) -> None:
        self._spent = sum((each.usd for each in rows), Decimal(0))
        self.steps[-1]["usage"] = [
            {
                "model": each.group[0],
                "attempts": each.attempts,
                "failed": each.failed,
                "usd": f"{each.usd.normalize():f}",
            }
            for each in rows
        ]
