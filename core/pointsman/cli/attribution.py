"""What the licences of sources ask to be shown wherever their data is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pointsman.host import Host


def attributions(host: Host, shown: Collection[str]) -> list[str]:
    """One line per source that asks for it.

    Args:
        host: What is on.
        shown: Names of the sources whose data is shown.
    """
    return list(dict.fromkeys(_lines(host, shown)))


def _lines(host: Host, shown: Collection[str]) -> Iterator[str]:
    from pointsman.kinds import FEEDS

    for kind in FEEDS.values():
        for name, instance in host.on(kind.table).items():
            origin = instance.contribution.declared.origin
            if name in shown and origin and origin.attribution:
                yield origin.attribution
