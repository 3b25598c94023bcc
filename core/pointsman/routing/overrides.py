"""What the environment forces on a choice, without a change of code. Pure.

``POINTSMAN_FORCE_MODEL`` wins over everything; ``POINTSMAN_TASK_<NAME>_MODEL`` over the task's own list, not
over a model the caller names; ``<PROVIDER>_MODEL_NAME`` leaves only that model of that provider. Each may be
a list, best first, separated by commas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import evolve

from pointsman.types import Criteria

FORCE = "POINTSMAN_FORCE_MODEL"


def forced(criteria: Criteria, env: Mapping[str, str]) -> tuple[Criteria, tuple[str, ...]]:
    """The criteria with what the environment forces, and a line on each variable that was used.

    Args:
        criteria: Of the request.
        env: Where the variables are.
    """
    if models := _list(env.get(FORCE, "")):
        return evolve(criteria, model="", models=models), (f"{FORCE} forces {', '.join(models)}",)
    if criteria.task and not criteria.model:
        variable = task_variable(criteria.task)
        if models := _list(env.get(variable, "")):
            return evolve(criteria, models=models), (f"{variable} forces {', '.join(models)}",)
    return criteria, ()


def task_variable(task: str) -> str:
    """Name of the variable that pins a task."""
    return f"POINTSMAN_TASK_{_upper(task)}_MODEL"


def pins(providers: Iterable[str], env: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Provider → model ids, for every provider whose ``<PROVIDER>_MODEL_NAME`` is set."""
    found = {provider: _list(env.get(f"{_upper(provider)}_MODEL_NAME", "")) for provider in providers}
    return {provider: models for provider, models in found.items() if models}


def _list(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def _upper(name: str) -> str:
    return "".join(char if char.isalnum() else "_" for char in name).upper()
