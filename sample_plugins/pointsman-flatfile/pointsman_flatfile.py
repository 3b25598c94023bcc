"""Your own prices and scores, in one TOML file that you keep."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from attrs import frozen
from pointsman import (
    BenchmarkSource,
    Extension,
    FeedError,
    Http,
    PricingSource,
    Quote,
    Rates,
    Score,
    hookimpl,
    setting,
)


@frozen
class Config:
    """Where the file is. There is no default, so both sources are off until somebody says it."""

    path: str = setting("FLATFILE_PATH")


@frozen
class Flatfile:
    """Both sources. What a row says is as old as the file."""

    config: Config

    async def quotes(self, http: Http) -> Iterable[Quote]:
        return self._read()[0]

    async def scores(self, http: Http) -> Iterable[Score]:
        return self._read()[1]

    def _read(self) -> tuple[list[Quote], list[Score]]:
        path = Path(self.config.path).expanduser()
        try:
            as_of = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            tables = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)  # so money stays exact
            quotes = [
                Quote(row["model"], Rates(Decimal(row["input"]), Decimal(row["output"])), as_of)
                for row in tables.get("prices", ())
            ]
            scores = [
                Score(row["model"], "in-house", row["category"], float(row["value"]), as_of)
                for row in tables.get("scores", ())
            ]
        except (OSError, LookupError, TypeError, ValueError, ArithmeticError) as error:
            raise FeedError("flatfile", f"{path}: {type(error).__name__}: {error}") from error
        return quotes, scores


@hookimpl
def pointsman_pricing_sources() -> Iterable[Extension[PricingSource]]:
    yield Extension("flatfile", Flatfile, config=Config, summary="Your own price list.")


@hookimpl
def pointsman_benchmark_sources() -> Iterable[Extension[BenchmarkSource]]:
    yield Extension("flatfile", Flatfile, config=Config, summary="Your own scores.")
