"""The error tree is drawn in its module's docstring, and the drawing is true."""

from __future__ import annotations

import re

from pointsman import errors


def drawn() -> dict[str, str]:
    """Class → parent, as the docstring draws it by indentation."""
    parents: dict[str, str] = {}
    stack: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"^([ │├└─]*)([A-Z]\w+Error)\b", line)
        if match is None:
            continue
        depth, name = len(match[1]), match[2]
        while stack and stack[-1][0] >= depth:
            stack.pop()
        parents[name] = stack[-1][1] if stack else "Exception"
        stack.append((depth, name))
    return parents


def defined() -> dict[str, str]:
    """Class → parent, as the module defines it."""
    return {
        name: thing.__base__.__name__
        for name, thing in vars(errors).items()
        if isinstance(thing, type) and issubclass(thing, errors.PointsmanError) and thing.__base__
    }


def test_the_drawing_is_the_tree() -> None:
    """Every class is drawn, below its own parent."""
    assert defined() == drawn()


def test_every_class_has_a_code_of_its_own_and_says_what_it_means() -> None:
    """Codes are stable and unique; docstrings are there."""
    classes = [vars(errors)[name] for name in defined()]
    codes = [each.code for each in classes]

    assert (len(codes), True, True) == (
        len(set(codes)),
        all(code.startswith("PM-") for code in codes),
        all(each.__doc__ for each in classes),
    )


def test_every_class_is_public() -> None:
    """What can be raised can be caught by its public name."""
    import pointsman

    assert set(defined()) <= set(pointsman.__all__)
