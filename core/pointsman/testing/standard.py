"""What the kits have in common."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.anyio
class StandardTests:
    """Base of every kit: subclass the kit, define its fixtures, run pytest.

    A standard test may only be overridden by one marked ``@pytest.mark.xfail(reason="…")``, so that whatever
    a plugin cannot do is written down where its users see it.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, value in vars(cls).items():
            if name.startswith("test") and _is_standard(cls, name) and not _is_excused(value):
                raise TypeError(
                    f"{cls.__name__} overrides the standard test {name}; "
                    f"mark it @pytest.mark.xfail(reason=…) and say what the plugin cannot do"
                )

    @pytest.fixture
    def anyio_backend(self) -> str:
        """The library runs on asyncio, and so do its tests."""
        return "asyncio"


def _is_standard(cls: type, name: str) -> bool:
    """Whether a kit (not a plugin's own base class) has a test of this name."""
    return any(
        name in vars(base) and base.__module__.startswith("pointsman.testing.") for base in cls.__mro__[1:]
    )


def _is_excused(value: object) -> bool:
    marks = getattr(value, "pytestmark", [])
    return any(mark.name == "xfail" and mark.kwargs.get("reason") for mark in marks)
