"""A release is checked before anything is uploaded, and uploaded in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.artifacts import Files
from tools.loopback_index import LoopbackIndex, Upload
from tools.release import ReleaseError, attestation, build, check, chosen, main, publish
from tools.workspace import Distribution, published

PAIR = ("pointsman-log", "pointsman-strategies")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built files of two plugins."""
    folder = tmp_path_factory.mktemp("dist")
    build(folder, chosen(PAIR))
    return folder


@pytest.fixture
def signed(built: Path) -> Path:
    """The same, with something in place of a signature beside each."""
    for path in files(built):
        attestation(path).write_text("{}")
    return built


def files(folder: Path) -> list[Path]:
    """All of the two, in order."""
    return [path for each in chosen(PAIR) for path in Files.of(each, folder)]


@pytest.mark.installs
def test_each_is_uploaded_after_what_it_needs(signed: Path) -> None:
    """To an index on loopback: both files of one with their attestations, then those of the next."""
    with LoopbackIndex.in_thread() as index:
        anybody = ("--trusted-publishing", "never", "--username", "nobody", "--password", "none")
        publish(signed, chosen(PAIR), ("--publish-url", index.url, *anybody))

    assert index.uploads == [Upload(path.name, True) for path in files(signed)]


@pytest.mark.installs
def test_nothing_is_uploaded_without_an_attestation(signed: Path) -> None:
    """Not even what has one."""
    lacking = files(signed)[-1]
    attestation(lacking).unlink()
    with LoopbackIndex.in_thread() as index, pytest.raises(ReleaseError, match=f"{lacking.name} has no"):
        publish(signed, chosen(PAIR), ("--publish-url", index.url))

    assert index.uploads == []


@pytest.mark.installs
def test_another_tag_is_refused(built: Path) -> None:
    """The tag is the version with a v before it."""
    with pytest.raises(ReleaseError, match=r"the tag is v9\.9\.9, the version"):
        check(built, chosen(PAIR), "v9.9.9")


@pytest.mark.installs
def test_a_stranger_among_the_files_is_refused(built: Path) -> None:
    """It would not be published, but nobody knows why it is there."""
    stranger = built / "stranger-1.0-py3-none-any.whl"
    stranger.touch()
    with pytest.raises(ReleaseError, match=r"stranger-1\.0-py3-none-any\.whl is nobody's file"):
        check(built, chosen(PAIR))
    stranger.unlink()


def test_some_can_be_chosen_and_keep_their_order() -> None:
    """Whatever order they are given in."""
    names = [each.name for each in published()]
    found = [each.name for each in chosen(("pointsman-demo", "pointsman", "pointsman-log"))]

    assert found == sorted(found, key=names.index)
    assert len(found) == 3


def test_a_name_that_is_none_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing is done."""
    code = main(["publish", str(tmp_path), "--only", "pointsman-nobody"])

    assert (code, capsys.readouterr().err) == (1, "no distribution is called pointsman-nobody\n")


def test_files_are_named_after_the_distribution(tmp_path: Path) -> None:
    """As the index wants them: with an underscore."""
    files_of = Files.of(Distribution(0, "pointsman-x-y", "1.2", tmp_path), tmp_path)

    assert [path.name for path in files_of] == [
        "pointsman_x_y-1.2-py3-none-any.whl",
        "pointsman_x_y-1.2.tar.gz",
    ]
