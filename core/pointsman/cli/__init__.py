"""The command line: one module per command, loaded when it is used; `pointsman --help` loads none.

Commands build rows; `pointsman.cli.output` shows them: a table on a terminal, tab-separated values in a pipe,
one JSON document with ``--json``. `pointsman.cli.exits` holds the exit codes.
"""

from __future__ import annotations


def main() -> None:
    """Entry point of the program ``pointsman``."""
    from pointsman.cli.app import app

    app()
