"""From installed distributions to named contributions: discover (no import) → load → collect.

One scan of the entry points, sorted, nothing imported; what is blocked is skipped; each module is imported,
registered and asked alone, so whatever it does wrong is a row with its name and reason, never the host's end.
What plugins bring is kept between runs (`pointsman.plugins.index`), so that a start imports those it uses.
"""

from pointsman.plugins.contributions import Contribution, Plugins, PluginStatus
from pointsman.plugins.declared import Declaration, Setting, settings_of, types_in
from pointsman.plugins.installed import COMMANDS, GROUP, HOST, Installed, blocked, discover
from pointsman.plugins.loading import describe, load

__all__ = [
    "COMMANDS",
    "GROUP",
    "HOST",
    "Contribution",
    "Declaration",
    "Installed",
    "PluginStatus",
    "Plugins",
    "Setting",
    "blocked",
    "describe",
    "discover",
    "load",
    "settings_of",
    "types_in",
]
