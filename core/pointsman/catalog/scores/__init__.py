"""What benchmarks measured, merged into one quality per category, and one speed.

`columns` puts every benchmark on one scale, `ability` is the model behind the merge and `learning` fits
it on a `board`; `family` says which models are alike, `effort` what thinking harder gains, `modes` which row
speaks for a plain call. `success` turns abilities into shares of tasks solved, `book` joins all of it to a
listed model, and `speeds` does the same for speed. The method is explained in
``docs/explanation/prices-and-scores.md``.
"""

from __future__ import annotations

from pointsman.catalog.scores.book import ScoreBook
from pointsman.catalog.scores.columns import Point, Row
from pointsman.catalog.scores.speeds import speed

__all__ = ["Point", "Row", "ScoreBook", "speed"]
