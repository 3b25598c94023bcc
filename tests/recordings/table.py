"""The table at the end of a run: how many recordings of which provider were read as they should be."""

from __future__ import annotations

from collections import defaultdict

import pytest

COLUMNS = ("list", "prices", "chat", "stream", "tools", "errors")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print provider by kind of recording; a file that is replayed several times counts once."""
    shown: dict[tuple[str, str], set[str]] = defaultdict(set)
    for report in terminalreporter.getreports("passed"):
        for key, value in report.user_properties:
            if key == "shown":
                # The file's name is what all runs of one test on it have in common.
                folder, what = value
                shown[folder, what].add(report.nodeid.partition(f"{folder}/")[2].partition(".json")[0])
    folders = sorted({folder for folder, _ in shown})
    if not folders:
        return
    terminalreporter.section("recordings read as expected")
    width = max(map(len, folders))
    terminalreporter.write_line(" " * width + "".join(f"{name:>8}" for name in COLUMNS))
    for folder in folders:
        counts = (len(shown.get((folder, name), ())) or "·" for name in COLUMNS)
        terminalreporter.write_line(f"{folder:<{width}}" + "".join(f"{number:>8}" for number in counts))
