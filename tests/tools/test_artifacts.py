"""What is wrong with a built file is found, each by one that has it."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.artifacts import problems
from tools.workspace import Distribution

PYPROJECT = """\
[project]
name = "pointsman-x"
version = "1.0"
dependencies = ["pointsman>=1.0"]
[tool.hatch.build.targets.wheel]
only-include = ["pointsman_x.py"]
"""
INFO = "pointsman_x-1.0.dist-info"
METADATA = "Metadata-Version: 2.4\nName: pointsman-x\nVersion: 1.0\nRequires-Dist: {}\n\nText\n"
WHEEL = {
    "pointsman_x.py": "",
    f"{INFO}/METADATA": METADATA.format("pointsman>=1.0"),
    f"{INFO}/entry_points.txt": "",
}
SDIST = ("pyproject.toml", "README.md", "PKG-INFO", "pointsman_x.py")
OWN = {"pointsman": "1.0", "pointsman-x": "1.0"}


def found(folder: Path, wheel: Mapping[str, str], sdist: tuple[str, ...] = SDIST) -> list[str]:
    """What is wrong with a distribution of these files."""
    (folder / "pyproject.toml").write_text(PYPROJECT)
    with zipfile.ZipFile(folder / "pointsman_x-1.0-py3-none-any.whl", "w") as archive:
        for name, text in wheel.items():
            archive.writestr(name, text)
    with tarfile.open(folder / "pointsman_x-1.0.tar.gz", "w:gz") as tar:
        for name in sdist:
            tar.addfile(tarfile.TarInfo(f"pointsman_x-1.0/{name}"), io.BytesIO())
    return [*problems(Distribution(1, "pointsman-x", "1.0", folder), folder, OWN)]


def test_nothing_is_wrong_with_a_good_one(tmp_path: Path) -> None:
    """Its module, its metadata, its entry points."""
    assert found(tmp_path, WHEEL) == []


@pytest.mark.parametrize(
    ("wheel", "wrong"),
    [
        (WHEEL | {"tests/test_x.py": ""}, "tests/test_x.py does not belong in the wheel"),
        (WHEEL | {"pointsman_y.py": ""}, "pointsman_y.py does not belong in the wheel"),
        ({name: text for name, text in WHEEL.items() if "METADATA" not in name}, "the wheel has no metadata"),
        (
            {name: text for name, text in WHEEL.items() if "x.py" not in name},
            "the wheel lacks pointsman_x.py",
        ),
        (
            {name: text for name, text in WHEEL.items() if "entry" not in name},
            "the wheel has no entry points, so nothing finds its plugin",
        ),
        (
            WHEEL | {f"{INFO}/METADATA": METADATA.format("attrs").replace("1.0", "0.9")},
            "the wheel says Version 0.9, the project 1.0",
        ),
        (
            WHEEL | {f"{INFO}/METADATA": METADATA.format("pointsman")},
            "it requires 'pointsman', not pointsman>=1.0",
        ),
    ],
)
def test_what_is_wrong_with_a_wheel(tmp_path: Path, wheel: Mapping[str, str], wrong: str) -> None:
    """One line, beginning with the distribution."""
    assert found(tmp_path, wheel) == [f"pointsman-x: {wrong}"]


def test_a_source_distribution_can_be_built(tmp_path: Path) -> None:
    """It has all that a build reads."""
    lacking = found(tmp_path, WHEEL, SDIST[:2])

    assert lacking == [
        "pointsman-x: the source distribution lacks PKG-INFO",
        "pointsman-x: the source distribution lacks pointsman_x.py",
    ]


def test_what_was_not_built_is_missed(tmp_path: Path) -> None:
    """By the name it would have."""
    distribution = Distribution(1, "pointsman-x", "1.0", tmp_path)

    assert [*problems(distribution, tmp_path, OWN)] == [
        "pointsman_x-1.0-py3-none-any.whl was not built",
        "pointsman_x-1.0.tar.gz was not built",
    ]
