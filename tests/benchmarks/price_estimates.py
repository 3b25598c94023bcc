"""How far estimated prices are from known ones: every offer of one model left out, again and again.

    uv run python tests/benchmarks/price_estimates.py FEED.json [--json]

`FEED` is a saved ``https://models.dev/api.json``. Of its offers those for text with both prices above 0
count. For each, its price is estimated as if nobody sold that model: all offers that share a name with it,
however written (`pointsman.catalog.estimates.models.gather`), are left out, and so is what they add to the
markup of its host. Errors are binary logarithms: 1 is a factor of two.

Printed for input and output: the median error, the share within a factor of two, and the share within the
range that is to hold four fifths; the range comes from trials on the other half of the models. ``per_model``
counts every model once (the middle of its offers' errors). ``elsewhere`` leaves out one offer and keeps the
model's others.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from pointsman.catalog.estimates import Estimator, KnownPrice
from pointsman.catalog.estimates.estimator import trial as tried
from pointsman.catalog.estimates.trial import Trial, record_for, records
from pointsman.types import Capability, Facts, Quote, Rates

AT = datetime(2026, 8, 23, tzinfo=UTC)
_SIDES = ("input", "output")
_CAN = {
    "reasoning": Capability.REASONING,
    "tool_call": Capability.TOOLS,
    "structured_output": Capability.JSON_SCHEMA,
    "image": Capability.VISION,
    "audio": Capability.AUDIO_INPUT,
    "pdf": Capability.DOCUMENT_INPUT,
}


def read(feed: Mapping[str, Any]) -> Iterator[KnownPrice]:
    """The priced text offers of the feed."""
    for provider, listed in feed.items():
        for name, row in listed["models"].items():
            cost, modalities = row.get("cost") or {}, row.get("modalities") or {}
            if "text" not in modalities.get("output", ["text"]):
                continue
            given, produced = (Decimal(str(cost[side])) if side in cost else None for side in _SIDES)
            said = {*(key for key in _CAN if row.get(key)), *modalities.get("input", ())}
            facts = Facts(
                released=_day(row.get("release_date")),
                can={_CAN[each] for each in said if each in _CAN},
                open_weights=row.get("open_weights"),
            )
            known = KnownPrice.read(
                Quote(name, Rates(given, produced), AT, provider, row.get("name"), facts=facts)
            )
            if known:
                yield known


def measure(known: Sequence[KnownPrice]) -> dict[str, Any]:
    """All figures."""
    estimator = Estimator.fit(known, trials=0)
    left_out: list[list[Trial]] = []
    kept: list[list[Trial]] = []
    for place, model in enumerate(estimator.models):
        offers = model.offers
        left_out.append([tried(estimator.guess(each.features, place), each) for each in offers])
        if len(offers) > 1:
            markups = (estimator.markups.of_host(each.features.host, place) for each in offers)
            kept.append(
                [
                    tried(estimator._as_elsewhere(place, markup, but), offers[but])
                    for but, markup in enumerate(markups)
                ]
            )
    return {
        "offers": sum(map(len, left_out)),
        "models": len(left_out),
        "left_out": _figures(left_out),
        "elsewhere": _figures(kept),
    }


def _figures(models: Sequence[Sequence[Trial]]) -> dict[str, Any]:
    """By side, over offers and over models."""
    covered = _covered(models)
    report: dict[str, Any] = {}
    for side, name in enumerate(_SIDES):
        errors = [trial.errors[side] for trials in models for trial in trials]
        middles = [median(trial.errors[side] for trial in trials) for trials in models]
        report[name] = {
            "median": round(median(errors), 3),
            "within_2x": _share(error <= 1 for error in errors),
            "covered": _share(each[side] for each in covered),
            "per_model": {
                "median": round(median(middles), 3),
                "within_2x": _share(error <= 1 for error in middles),
            },
        }
    return report


def _covered(models: Sequence[Sequence[Trial]]) -> list[tuple[bool, bool]]:
    """Whether each price is within the range made of the trials on the other half of the models."""
    found: list[tuple[bool, bool]] = []
    for half in (0, 1):
        sample = [trials[place % len(trials)] for place, trials in enumerate(models) if place % 2 != half]
        ranges = records(sample)
        for trials in models[half::2]:
            for trial in trials:
                record = record_for(trial.deviation, ranges)
                reach = record.reach if record else (0.0, 0.0)
                given, produced = (
                    error <= most * trial.deviation for error, most in zip(trial.errors, reach, strict=True)
                )
                found.append((given, produced))
    return found


def _share(holds: Iterator[bool]) -> float:
    values = list(holds)
    return round(sum(values) / len(values), 3) if values else 0.0


def _day(text: object) -> date | None:
    """``2025-03-13``, ``2025-03``; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-15"[:10])
    except ValueError:
        return None


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    path = next(argument for argument in arguments if not argument.startswith("--"))
    report = measure(list(read(json.loads(Path(path).read_text()))))
    if "--json" in arguments:
        lines = [json.dumps(report, indent=1)]
    else:
        lines = [f"{report['offers']} offers of {report['models']} models"]
        for way in ("left_out", "elsewhere"):
            lines += [f"{way:10} {side:7} {figures}" for side, figures in report[way].items()]
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main(sys.argv[1:])
