"""What Cerebras' recorded answers say, read off by hand."""

from __future__ import annotations

from pointsman.types import Model, Usage
from pointsman_cerebras import Cerebras

from tests.recordings.expectations import Expectations, ExpectedAnswer, Listed

EXPECTED = (
    Expectations(
        folder="cerebras",
        create=Cerebras,
        answers={"chat.json": ExpectedAnswer("2 + 2 = 4.", 10, Usage(43, 9), "llama-3.3-70b")},
        lists={
            "models_list_2025-09.json": Listed(9, Model("qwen-3-coder-480b")),
            "models_list_2026.json": Listed(3, Model("zai-glm-4.7")),
        },
    ),
)
