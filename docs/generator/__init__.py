"""The reference pages, made from the code: one module per page."""

from __future__ import annotations

from docs.generator import cli, configuration, errors, hooks, plugins, python

NOTE = "<!-- Made by docs/generate.py from the code; change that, not this page. -->\n<!-- fmt: off -->\n\n"


def pages() -> dict[str, str]:
    """File name → text of every page."""
    made = {
        "hooks.md": hooks.page(),
        "configuration.md": configuration.page(),
        "cli.md": cli.page(),
        "errors.md": errors.page(),
        "python.md": python.page(),
        "plugins.md": plugins.page(),
    }
    return {name: NOTE + text.rstrip() + "\n" for name, text in made.items()}
