"""The options that say what is wanted of a model; the same for every command that chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from pointsman.cli import complete
from pointsman.errors import UnknownNameError
from pointsman.types import Preference, Tier

_UNITS = {"k": 1_000, "m": 1_000_000}

if TYPE_CHECKING:
    _Count: TypeAlias = click.ParamType[int]
    _Several: TypeAlias = click.ParamType[tuple[str, ...]]
else:
    _Count = _Several = click.ParamType  # takes no parameter before click 8.4


class Tokens(_Count):
    """A number of tokens: ``100000``, ``100k``, ``1m``."""

    name = "tokens"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).strip().lower()
        unit = _UNITS.get(text[-1:], 1)
        try:
            number = float(text.rstrip("km") if unit > 1 else text) * unit
            count = int(number)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a number of tokens (such as 32000, 100k or 1m)", param, ctx)
        if count < 0:
            self.fail("a number of tokens is zero or more", param, ctx)
        return count


class Names(_Several):
    """Several names between commas."""

    name = "name,…"

    def convert(self, value: Any, *_: object) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        return tuple(each.strip() for each in str(value).split(",") if each.strip())


NEEDS = click.option(
    "--needs",
    type=Names(),
    multiple=True,
    metavar="NAME,…",
    shell_complete=complete.capabilities,
    help="Capabilities it must have: tools, vision, json_schema, reasoning …",
)

_OPTIONS = (
    click.option(
        "-t", "--task", metavar="NAME", shell_complete=complete.tasks, help="A task of the configuration."
    ),
    click.option(
        "-m",
        "--model",
        metavar="MODEL",
        shell_complete=complete.models,
        help="Only this one: provider/model, an id, or task:NAME.",
    ),
    click.option("--category", metavar="NAME", help="Which scores count: general, coding, math …"),
    click.option("--max-cost", metavar="USD", help="What this one call may be expected to cost."),
    click.option(
        "--max-price", metavar="USD", help="Per million tokens, three parts input to one part output."
    ),
    click.option("--min-quality", type=click.FloatRange(0, 100), metavar="0-100", help="In the category."),
    click.option("--max-latency", type=click.FloatRange(0), metavar="SECONDS", help="To the first token."),
    click.option("--min-speed", type=click.FloatRange(0), metavar="TOKENS/S", help="Of the output."),
    click.option("--min-context", type=Tokens(), metavar="TOKENS", help="Such as 100k."),
    NEEDS,
    click.option(
        "--tier", type=click.Choice([each.value for each in Tier]), help="Where it stands in today's catalog."
    ),
    click.option("--prefer", type=click.Choice([each.value for each in Preference]), help="What to favour."),
    click.option(
        "--only",
        type=Names(),
        multiple=True,
        metavar="PROVIDER,…",
        shell_complete=complete.providers,
        help="Only these providers.",
    ),
    click.option(
        "--exclude",
        type=Names(),
        multiple=True,
        metavar="PROVIDER,…",
        shell_complete=complete.providers,
        help="Never these providers.",
    ),
    click.option("--free-first", is_flag=True, help="Models that cost nothing before any other."),
    click.option("--known-prices", is_flag=True, help="No model whose price is only estimated or unknown."),
    click.option("--strategy", metavar="NAME", help="How to choose; see: pointsman plugins."),
)

_RENAMED = {"only": "only_providers", "exclude": "exclude_providers"}
_LISTS = ("needs", "only", "exclude")


def wanted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the function gets them as keywords, to be handed to `chat_options`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def chat_options(given: Mapping[str, Any], providers: Iterable[str] = ()) -> dict[str, Any]:
    """The options that were given, as `pointsman.Router.chat` takes them.

    Args:
        given: Values by option name; None, false and empty ones were not given.
        providers: Names of all providers there are.

    Raises:
        UnknownNameError: ``--only`` or ``--exclude`` names a provider there is not.
    """
    options: dict[str, Any] = {}
    for name, value in given.items():
        if value is None or value is False or value in ((), ""):
            continue
        options[_RENAMED.get(name, name)] = joined(value) if name in _LISTS else value
    for name in ("only_providers", "exclude_providers"):
        _known(options.get(name, ()), tuple(providers))
    if "needs" in options:
        options["needs"] = tuple(each.replace("-", "_") for each in options["needs"])
    return options


def joined(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """The values of an option that may be given several times, each with several names."""
    return tuple(each for group in groups for each in group)


def _known(names: Iterable[str], providers: tuple[str, ...]) -> None:
    from pointsman.config import nearest

    for name in names:
        if name not in providers:
            hint = f"known: {', '.join(providers) or 'none'}"
            raise UnknownNameError("provider", name, nearest(name, providers), hint)
