"""``uv run python -m tests.dialects.matrix`` prints the table."""

from __future__ import annotations

import asyncio
import sys

from tests.dialects.matrix.table import table

sys.stdout.write(asyncio.run(table()) + "\n")
