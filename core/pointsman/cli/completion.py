"""``pointsman completion``: the script that teaches a shell this program's commands."""

from __future__ import annotations

import click

from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.output import Report


@command("completion", short_help="A script that completes commands and models in your shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(face: Face, shell: str) -> None:
    """Print the script for SHELL. For bash, for example, add to ~/.bashrc:

    eval "$(pointsman completion bash)"
    """
    from click.shell_completion import get_completion_class

    from pointsman.cli.app import app

    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"click cannot complete in {shell}")
    script = made(app, {}, "pointsman", "_POINTSMAN_COMPLETE").source()
    if face.json:
        face.report(Report("completion", {"shell": shell, "script": script}))
    else:
        click.echo(script)
