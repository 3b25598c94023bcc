"""How well names are joined, on labelled pairs.

    python tests/benchmarks/join.py PAIRS.jsonl [--json] [--wrong] [--names-only]

Each line of the file holds ``left_id``, ``right_id`` (null: the source has no counterpart), ``same``,
``category``, ``difficulty``, ``needs_metadata``, the two sources and the data files where the ids stand. The
matcher is shown the ids, and what those files say of them beside (display name, dates, other names); with
``--names-only``, or where the files are missing, the ids alone. Printed: precision and recall of the verdict
`same`, over rows with a right id.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from pointsman.catalog.identity.match import Match, Verdict

if __name__ == "__main__":  # a script knows only its own folder
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.join_facts import data_folder
from tests.benchmarks.join_sides import Sides


def judge(
    rows: list[dict[str, Any]], folder: Path | None = None, *, names_only: bool = False
) -> list[tuple[dict[str, Any], Match]]:
    """Every row that has a counterpart, with the verdict on it."""
    rows = [row for row in rows if row["right_id"] is not None]
    sides = Sides(rows, folder, names_only=names_only)
    return [(row, sides.decide(row)) for row in rows]


def figures(judged: list[tuple[dict[str, Any], Match]]) -> dict[str, Any]:
    """Counts, precision and recall of `same`; a rate over nothing is None."""
    hits = sum(row["same"] and found.verdict is Verdict.SAME for row, found in judged)
    said = sum(found.verdict is Verdict.SAME for _, found in judged)
    true = sum(row["same"] for row, _ in judged)
    unsure = sum(found.verdict is Verdict.UNSURE for _, found in judged)
    return {
        "rows": len(judged),
        "same": true,
        "said_same": said,
        "unsure": unsure,
        "precision": round(hits / said, 4) if said else None,
        "recall": round(hits / true, 4) if true else None,
    }


def report(judged: list[tuple[dict[str, Any], Match]]) -> dict[str, Any]:
    """Figures overall and by group."""
    groups: dict[str, dict[str, list[tuple[dict[str, Any], Match]]]] = defaultdict(lambda: defaultdict(list))
    for pair in judged:
        row = pair[0]
        groups["category"][row["category"]].append(pair)
        groups["difficulty"][row["difficulty"]].append(pair)
        groups["names_decide"]["no" if row["needs_metadata"] else "yes"].append(pair)
    by = {
        name: {key: figures(pairs) for key, pairs in sorted(group.items())} for name, group in groups.items()
    }
    return {"overall": figures(judged), **by}


def main(arguments: list[str]) -> None:
    """Print the report, and with ``--wrong`` every row judged wrongly."""
    path = Path(next(argument for argument in arguments if not argument.startswith("--")))
    rows = [json.loads(line) for line in path.read_text().splitlines() if line]
    folder = data_folder(path)
    judged = judge(rows, folder, names_only="--names-only" in arguments)
    document = {"folder": str(folder) if folder else None, **report(judged), "names": None}
    document["names"] = report(judge(rows, folder, names_only=True))["overall"]
    document["none"] = {"rows": sum(row["right_id"] is None for row in rows)}
    if "--json" in arguments:
        lines = [json.dumps(document, indent=1)]
    else:
        lines = [f"{key} {document[key]}" for key in ("overall", "names")]
        for group in ("names_decide", "difficulty", "category"):
            lines += [f"{group:13} {key:32} {numbers}" for key, numbers in document[group].items()]
    if "--wrong" in arguments:
        lines += [
            f"{'missed' if row['same'] else 'WRONG'} {found.verdict} | {row['left_id']} | {row['right_id']}"
            f" | {found.evidence}{' | needs metadata' if row['needs_metadata'] else ''}"
            for row, found in judged
            if row["same"] != (found.verdict is Verdict.SAME)
        ]
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main(sys.argv[1:])
