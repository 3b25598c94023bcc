#!/usr/bin/env python3
"""Writes the pages below ``docs/reference/`` from the code. Run it after a change of what they describe.

``--check`` writes nothing and exits with 1 when a page is stale.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"


def main(arguments: list[str]) -> int:
    """Write or check every page; the exit code."""
    sys.path.insert(0, str(ROOT))
    from docs.generator import pages

    stale = [name for name, text in pages().items() if _read(name) != text]
    if "--check" in arguments:
        if stale:
            sys.stderr.write(f"stale: {', '.join(stale)}; run: uv run python docs/generate.py\n")
        return 1 if stale else 0
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"written: {', '.join(stale) or 'nothing, all pages are current'}\n")
    return 0


def _read(name: str) -> str:
    path = REFERENCE / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
