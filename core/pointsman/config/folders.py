"""Where things live: configuration, data (the ledger), cache."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen


@frozen
class Folders:
    """Three folders; `create` makes one private to the user.

    ``POINTSMAN_HOME`` puts all three below itself; otherwise they are the platform's own.
    """

    config: Path
    data: Path
    cache: Path

    @classmethod
    def find(cls, env: Mapping[str, str]) -> Folders:
        """The folders for this environment; creates nothing."""
        if home := env.get("POINTSMAN_HOME"):
            base = Path(home).expanduser()
            return cls(base, base, base / "cache")
        import platformdirs

        return cls(
            platformdirs.user_config_path("pointsman", appauthor=False),
            platformdirs.user_data_path("pointsman", appauthor=False),
            platformdirs.user_cache_path("pointsman", appauthor=False),
        )
