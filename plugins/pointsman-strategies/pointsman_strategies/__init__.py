"""Two ways to choose: `weighted` over quality, cost, speed and availability, and `cheapest`."""

from collections.abc import Iterable

from pointsman import Extension, Strategy, hookimpl

from pointsman_strategies.cheapest import Cheapest
from pointsman_strategies.weighted import Weighted, Weights

__all__ = ["Cheapest", "Weighted", "Weights"]


@hookimpl
def pointsman_strategies() -> Iterable[Extension[Strategy]]:
    """Both strategies; `weighted` is used where the configuration names none."""
    yield Extension(
        "weighted",
        Weighted,
        config=Weights,
        summary="Weighs quality, cost, speed and availability.",
        default=True,
    )
    yield Extension("cheapest", Cheapest, summary="The lowest expected cost, then the best quality.")
