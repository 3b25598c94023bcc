"""``pointsman explain --match ID``: how an id was read, what was joined to it, and the runner-up.

JSON: ``{"schema": "pointsman/match/1", "asked", "catalog", "models": [{"model", "parts", "joined": [{"what",
"source", "confidence", "evidence"}], "nearest": [{"kind", "source", "name", "joined", "verdict",
"confidence", "evidence"}]}]}``. ``model`` is null for a name that no provider lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pointsman.cli import figures
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Row, Table

if TYPE_CHECKING:
    from pointsman.catalog.identity.name import Identity
    from pointsman.catalog.joins import Joins
    from pointsman.catalog.trace import TracedRow
    from pointsman.host import Host
    from pointsman.types import Candidate

_MOST = 6
"""Models shown at most; one id may be listed by many providers."""


def explain_match(face: Face, asked: str) -> None:
    """Report on a model of the catalog (at every provider that lists it), or on any other name."""
    from pointsman.cli.session import load_host, todays_catalog
    from pointsman.errors import UnknownNameError

    host = load_host(face)
    catalog = todays_catalog(host)
    try:
        candidates = catalog.resolve(asked)
    except UnknownNameError:
        candidates = ()
    joins = _joins(host, catalog.at)
    models = [_joined_one(each, joins) for each in candidates[:_MOST]] or [_unlisted(asked, joins)]
    document = {"asked": asked, "catalog": catalog.hash, "models": models}
    notes = [f"catalog {catalog.hash[:12]}, made {figures.ago(catalog.at)}"]
    if len(candidates) > _MOST:
        notes.insert(0, f"{len(candidates) - _MOST} more providers list it; name one: provider/model")
    face.report(Report("match", document, _tables(asked, models), notes))


def _joins(host: Host, at: datetime) -> Joins:
    """What the catalog of `at` was joined with: the last good rows of every source, from disk alone."""
    from pointsman.catalog.accepted import FILE, AcceptedFile
    from pointsman.catalog.joins import Joins, SourceRows
    from pointsman.cli.session import cached_rows

    return Joins.of(
        SourceRows.of(cached_rows(host)),
        at,
        priority=host.settings.catalog.price_priority,
        accepted=AcceptedFile(host.folders.config / FILE).known(),
    )


def _joined_one(each: Candidate, joins: Joins) -> dict[str, Any]:
    from pointsman.catalog.identity.name import parse
    from pointsman.catalog.trace import trace

    return {
        "model": each.key,
        "parts": dict(_parts(parse(each.model.id, each.model.creator))),
        "joined": list(_joined(each)),
        "nearest": [_near(found) for found in trace(each, joins)],
    }


def _unlisted(asked: str, joins: Joins) -> dict[str, Any]:
    from pointsman.catalog.identity.name import parse
    from pointsman.catalog.trace import trace_name

    name = parse(asked)
    found = [_near(each) for each in trace_name(name, joins)]
    return {"model": None, "parts": dict(_parts(name)), "joined": [], "nearest": found}


def _parts(name: Identity) -> Iterator[tuple[str, Any]]:
    """Every part of a name that it writes, in words."""
    day = name.day
    written = [f"{part:02d}" for part in (day.year, day.month, day.day) if part is not None] if day else []
    yield "maker or host", "/".join(name.prefix)
    yield "words", " ".join(name.words)
    yield "version", " ".join(name.version)
    yield "size", " ".join(sorted(name.sizes))
    yield "date", "-".join(written)
    yield "revision", name.revision
    yield "stage", name.stage
    yield "tuning", name.tuning
    reasoning = {True: "on", False: "off", None: ""}[name.mode.reasoning]
    yield "reasoning", " ".join(each for each in (reasoning, name.mode.effort) if each)
    yield "offer", " ".join(sorted(name.offer))
    if name.composite:
        yield "composite", "a name of several models; never joined"


def _joined(each: Candidate) -> Iterator[Row]:
    price = each.price
    if price is not None:
        yield {
            "what": "price",
            "source": price.source,
            "confidence": round(price.confidence, 3),
            "evidence": price.evidence,
        }
    for category, quality in sorted(each.quality.items()):
        yield {
            "what": f"scores: {category}",
            "source": ", ".join(quality.sources),
            "confidence": None,
            "evidence": quality.evidence,
        }


def _near(found: TracedRow) -> Row:
    return {
        "kind": found.kind.value,
        "source": found.source,
        "name": found.name,
        "joined": found.joined,
        "verdict": _verdict(found),
        "confidence": round(found.match.confidence, 3),
        "evidence": found.match.evidence,
    }


def _verdict(found: TracedRow) -> str:
    if found.match.mode_only:
        return "other mode"
    if found.match.verdict == "same" and found.match.offer_differs:
        return "other offer"
    return found.match.verdict.value


def _tables(asked: str, models: Sequence[Row]) -> list[Table]:
    """For people three small tables per model; for machines one of all the nearest rows."""
    tables: list[Table] = []
    for each in models:
        title = each["model"] or f"{asked}: no provider lists it"
        read = [{"part": part, "read": text} for part, text in each["parts"].items() if text]
        tables.append(
            Table(
                [Column("part"), Column("read", wide=True)],
                read,
                title=title,
                empty="nothing to read in it",
                machine=False,
            )
        )
        if each["model"]:
            tables.append(
                Table(_joined_columns(), each["joined"], title="Joined", empty="nothing", machine=False)
            )
        empty = "no source has anything to compare"
        tables.append(
            Table(
                _near_columns(), each["nearest"], title="Nearest in each source", empty=empty, machine=False
            )
        )
    rows = [{"model": each["model"], **near} for each in models for near in each["nearest"]]
    names = ("model", "kind", "source", "name", "joined", "verdict", "confidence", "evidence")
    return [*tables, Table([Column(name) for name in names], rows, people=False)]


def _joined_columns() -> list[Column]:
    return [
        Column("what"),
        Column("source", wide=True),
        Column("confidence", "sure", show=_sure, right=True),
        Column("evidence", wide=True),
    ]


def _near_columns() -> list[Column]:
    return [
        Column("kind", spare=1),
        Column("source"),
        Column("name", wide=True),
        Column("joined", show=lambda taken: "joined" if taken else ""),
        Column("verdict"),
        Column("confidence", "sure", show=lambda sure: _sure(sure) if sure else "", right=True),
        Column("evidence", wide=True),
    ]


def _sure(confidence: float | None) -> str:
    return "" if confidence is None else f"{confidence:.0%}"
