"""The page of errors: the tree, and what each class carries."""

from __future__ import annotations

import inspect

from pointsman import errors
from pointsman.cli.exits import MEANINGS

from docs.generator.docstrings import code, entries, markdown, prose, table


def page() -> str:
    """``errors.md``."""
    classes = [each for each in vars(errors).values() if _is_error(each)]
    rows = [
        (code(each.code), code(each.__name__), *_defaults(each), " ".join(prose(each).split()))
        for each in classes
    ]
    parts = [
        "# Errors",
        markdown(inspect.cleandoc(errors.__doc__ or "")),
        "What to do about each is in [what to do if it breaks](../how-to/what-to-do-if-it-breaks.md).",
        "## Codes",
        (
            "Scope says what a failure is about, and so what cools down; advice says what the attempt loop"
            " does. Both are"
            " the class's defaults: an error may carry others."
        ),
        table(("code", "class", "scope", "advice", "meaning"), rows),
        "## What they carry",
    ]
    for each in classes:
        carried = entries(each, "Attributes")
        if carried:
            parts.append(f"**`{each.__name__}`**")
            parts.append("\n".join(f"- `{name}`: {text}" for name, text in carried.items()))
    for enum in (errors.Scope, errors.Advice):
        values = ", ".join(f"`{member.name}`" for member in enum)
        parts.append(f"**`{enum.__name__}`**: {prose(enum)} {values}.")
    parts += ["## Exit codes of the command line", _exits()]
    return "\n\n".join(parts)


def _exits() -> str:
    return table(("code", "meaning"), [(code(each.value), meaning) for each, meaning in MEANINGS.items()])


def _defaults(each: type[errors.PointsmanError]) -> tuple[str, str]:
    if not issubclass(each, errors.ProviderError):
        return "", ""
    return each.default_scope.value, each.default_advice.value


def _is_error(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, errors.PointsmanError)
