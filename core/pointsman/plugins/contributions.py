"""What became of every plugin, and what each brought: names given, conflicts settled."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import define, evolve, field, frozen

from pointsman.errors import PluginConflictError
from pointsman.hookspecs import Extension
from pointsman.kinds import KINDS
from pointsman.plugins.declared import Declaration, Setting, settings_of
from pointsman.plugins.installed import Installed

log = logging.getLogger("pointsman.plugins")


@define(frozen=True, slots=False)
class Contribution:
    """One extension, with who brought it.

    Attributes:
        name: Under which it is known here: its own, or one led by its plugin where another has that name.
        plugin: Who brought it.
        declared: What it says of itself.
        remembered: Whether that is known from an earlier run, and nothing of the plugin is imported yet.
    """

    name: str
    plugin: Installed
    declared: Declaration
    remembered: bool
    _extension: Callable[[], Extension[Any]] = field(repr=False, eq=False)
    _settings: Callable[[], tuple[Setting, ...] | None] = field(repr=False, eq=False)

    @classmethod
    def of(cls, kind: str, extension: Extension[Any], plugin: Installed) -> Contribution:
        """That of an extension whose plugin is imported."""
        declared = Declaration.of(kind, extension)
        return cls(extension.name, plugin, declared, False, lambda: extension, lambda: settings_of(extension))

    @property
    def kind(self) -> str:
        """Name of its kind's tables."""
        return self.declared.kind

    @cached_property
    def extension(self) -> Extension[Any]:
        """The extension itself.

        Raises:
            PluginError: Its plugin is imported only now, and it is broken.
        """
        return self._extension()

    @cached_property
    def settings(self) -> tuple[Setting, ...] | None:
        """The fields of its config class; None when it takes no settings.

        Raises:
            Exception: Whatever reading their annotations raises; of a remembered one nothing.
        """
        return self._settings()


@frozen
class PluginStatus:
    """What became of one plugin.

    Attributes:
        plugin: Which.
        state: ``loaded``, ``blocked`` or ``broken``.
        reason: Why it is not loaded, or what part of it was left out; empty when all is well.
        error: The cause, for chaining.
        contributions: What it brought.
    """

    plugin: Installed
    state: str
    reason: str = ""
    error: BaseException | None = field(default=None, repr=False, eq=False)
    contributions: tuple[Contribution, ...] = ()


@frozen
class Plugins:
    """Everything installed, and what became of it.

    Attributes:
        statuses: One per entry point, in the order of `discover`.
        contributions: Kind → name → contribution.
    """

    statuses: tuple[PluginStatus, ...]
    contributions: Mapping[str, Mapping[str, Contribution]]

    @classmethod
    def of_all(cls, statuses: Sequence[PluginStatus], *, strict: bool = False) -> Plugins:
        """Give each name to the first plugin in order; later ones stay reachable as ``plugin:name``.

        Raises:
            PluginConflictError: Two plugins bring one name, and that is not to be passed over.
        """
        kinds: dict[str, dict[str, Contribution]] = {kind: {} for kind in KINDS}
        settled = []
        for status in statuses:
            kept, notes = [], []
            for each in status.contributions:
                holder = kinds[each.kind].get(each.name)
                contribution = each
                if holder is not None:
                    contribution = evolve(each, name=_other_name(each, kinds[each.kind]))
                    notes.append(_conflict(holder, each, contribution.name, strict=strict))
                kinds[each.kind][contribution.name] = contribution
                kept.append(contribution)
            reason = "; ".join(notes) or status.reason
            settled.append(evolve(status, contributions=tuple(kept), reason=reason))
        return cls(tuple(settled), kinds)

    def of(self, kind: str) -> Mapping[str, Contribution]:
        """The contributions of one kind, by name."""
        return self.contributions.get(kind, {})

    def left_out(self, name: str) -> PluginStatus | None:
        """The broken or blocked plugin of this entry-point name, if there is one."""
        return next((s for s in self.statuses if s.plugin.name == name and s.state != "loaded"), None)


def _conflict(holder: Contribution, late: Contribution, name: str, *, strict: bool) -> str:
    note = (
        f"{late.kind} {late.name!r} is provided by both {holder.plugin} and {late.plugin}; "
        f"this one is reachable as {name!r}"
    )
    if strict:
        raise PluginConflictError([str(holder.plugin), str(late.plugin)], note)
    log.warning("%s", note)
    return note


def _other_name(contribution: Contribution, taken: Mapping[str, Contribution]) -> str:
    """``plugin:name``, led by the distribution where two plugins share that as well."""
    name = f"{contribution.plugin.name}:{contribution.name}"
    return f"{contribution.plugin.distribution}:{name}" if name in taken else name
