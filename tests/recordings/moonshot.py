"""What Moonshot's recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.types import Model
from pointsman_moonshot import Moonshot

from tests.recordings.expectations import Expectations, Listed

EXPECTED = (
    Expectations(
        folder="moonshot",
        create=Moonshot,
        lists={
            # Said to be written by hand rather than recorded: it shows the shape, not the models.
            "models_list_2025-10.json": Listed(
                9, Model("moonshot-v1-8k", creator="Moonshot", created=date(2024, 3, 9))
            )
        },
    ),
)
