"""The command line: one module per command, loaded when it is used; `pointsman --help` loads none.

Commands build rows; `pointsman.cli.output` shows them: a table on a terminal, tab-separated values in a pipe,
one JSON document with ``--json``. `pointsman.cli.exits` holds the exit codes.
"""

from __future__ import annotations


def main() -> None:
    """Entry point of the program ``pointsman``."""
    import gc

    # Starting makes much and drops little: looking for garbage all the while is a tenth of a short command.
    gc.set_threshold(100_000, 20, 20)

    from pointsman.cli.app import app

    app()
