"""What Fireworks' recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.types import Capability, Kind, Model
from pointsman_fireworks import Fireworks

from tests.recordings.expectations import Expectations, Listed

EXPECTED = (
    Expectations(
        folder="fireworks",
        create=Fireworks,
        lists={
            "shape_from_gomodel_test.json": Listed(
                2,
                Model(
                    "accounts/fireworks/models/qwen3-embedding-8b",
                    kind=Kind.EMBEDDING,
                    creator="fireworks",
                    context_window=40960,
                    cannot={Capability.TOOLS, Capability.VISION},
                    created=date(2025, 8, 20),
                ),
            )
        },
    ),
)
