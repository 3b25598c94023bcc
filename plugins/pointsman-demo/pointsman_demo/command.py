"""The command ``demo``."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import click


@click.command("demo", short_help="The main job, shown on a loopback provider: no key, no network.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document with every step.")
def demo(*, as_json: bool) -> None:
    """Discover models, join prices and scores, choose, answer, survive a failure, and account for every
    cent, with fictional models served from 127.0.0.1. Needs no key and no network, and leaves nothing
    behind.
    """
    from pointsman_demo.page import Page
    from pointsman_demo.record import Record
    from pointsman_demo.story import tell
    from pointsman_demo.world import opened

    teller = Record() if as_json else Page()
    with tempfile.TemporaryDirectory(prefix="pointsman-demo-") as folder, opened() as world:
        asyncio.run(tell(world, Path(folder), teller))
    if isinstance(teller, Record):
        click.echo(teller.text())
    else:
        teller.end()
