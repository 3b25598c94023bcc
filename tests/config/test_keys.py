"""The keys file is private, whole or not there, and gives back what was put in."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pointsman.config import KeysFile
from pointsman.errors import ConfigError

from tests.config.toml_texts import toml_error

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,30}", fullmatch=True)
VALUES = st.text(min_size=1).filter(str.isprintable)


def keys_file(folder: Path, text: str | bytes, mode: int = 0o600) -> KeysFile:
    """A keys file somebody wrote by hand."""
    path = folder / "keys.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return KeysFile(path)


@settings(deadline=None)  # other work on the machine is no failure
@given(keys=st.dictionaries(NAMES, VALUES, max_size=5))
@example(keys={"A": '"', "B": "\\", "C": "\\n", "D": "'''", "E": "#", "F": "= [x]", "G": "🚂 ключ"})
def test_what_is_kept_comes_back(keys: dict[str, str]) -> None:
    """Whatever a key is made of, it survives the file."""
    with TemporaryDirectory() as folder:
        file = KeysFile(Path(folder) / "keys.toml")
        for name, value in keys.items():
            file.set(name, value)

        assert keys == file.read()


def test_no_file_is_no_keys(tmp_path: Path) -> None:
    """Reading creates nothing."""
    assert (KeysFile(tmp_path / "keys.toml").read(), list(tmp_path.iterdir())) == ({}, [])


def test_a_key_is_replaced_and_removed(tmp_path: Path) -> None:
    """The newest value counts, and an empty one removes the key."""
    file = KeysFile(tmp_path / "keys.toml")
    states = []
    for name, value in [("A", "1"), ("B", "2"), ("A", "3"), ("B", ""), ("B", "")]:
        file.set(name, value)
        states.append(file.read())

    assert states == [{"A": "1"}, {"A": "1", "B": "2"}, {"A": "3", "B": "2"}, {"A": "3"}, {"A": "3"}]


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    """The file is made 0600 in a folder made 0700, whatever the umask."""
    file = KeysFile(tmp_path / "home" / "keys.toml")
    before = os.umask(0)
    try:
        file.set("ACME_API_KEY", "value")
    finally:
        os.umask(before)

    modes = [stat.S_IMODE(path.stat().st_mode) for path in (file.path, file.path.parent)]
    assert modes == [0o600, 0o700]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o644, 0o777])
def test_a_file_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    """The message says which command repairs it, and shows no value; writing is refused as well."""
    file = keys_file(tmp_path, 'ACME_API_KEY = "canary"\n', mode)
    problem = f"{file.path}: others may read it (mode {mode:04o}); run: chmod 600 {file.path}"
    caught: list[str] = []
    for action in (file.read, lambda: file.set("B", "2")):
        with pytest.raises(ConfigError) as error:
            action()
        caught += error.value.problems

    assert [problem, problem] == caught


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("A = 1\n", "A: must be a string"),
        ("A.b = '1'\n", "A: must be a string"),
        ("[A]\n", "A: must be a string"),
        ("'not a name' = 'x'\n", "'not a name' is not the name of an environment variable"),
        ("A = '''two\nlines'''\n", "A: a key is one line of printable text"),
        ("A =", f"not a TOML file: {toml_error('A =')}"),
        (b"A = '\xff'\n", "not a TOML file: it is not UTF-8"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str | bytes, problem: str) -> None:
    """A hand-made file is read strictly, so that rewriting it can lose nothing."""
    file = keys_file(tmp_path, text)

    with pytest.raises(ConfigError) as caught:
        file.read()

    assert (f"{file.path}: {problem}",) == caught.value.problems


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    """All problems come at once."""
    file = keys_file(tmp_path, "A = 1\nB = 'fine'\nC = true\n")

    with pytest.raises(ConfigError) as caught:
        file.read()

    assert (f"{file.path}: A: must be a string", f"{file.path}: C: must be a string") == caught.value.problems


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A B", "A=B", "A\n", 'A"', "Ä", "A" * 129, "../A", "A\0"])
def test_hostile_names_are_refused(tmp_path: Path, name: str) -> None:
    """A name that is no variable's would break the file or hide another."""
    file = KeysFile(tmp_path / "keys.toml")

    with pytest.raises(ConfigError) as caught:
        file.set(name, "value")

    assert ((f"{name!r} is not the name of an environment variable",), {}) == (
        caught.value.problems,
        file.read(),
    )


@pytest.mark.parametrize("value", ["a\nB = 'c'", "a\r", "a\0", "\x1b[31m", "a\x7f", "\ud800", "a\u2028b"])
def test_hostile_values_are_refused_and_not_shown(tmp_path: Path, value: str) -> None:
    """A value that could start a line of its own is no key."""
    file = KeysFile(tmp_path / "keys.toml")

    with pytest.raises(ConfigError) as caught:
        file.set("ACME_API_KEY", value)

    assert (
        caught.value.problems,
        file.read(),
    ) == (("ACME_API_KEY: a key is one line of printable text",), {})


def test_a_key_given_as_a_name_is_not_shown(tmp_path: Path) -> None:
    """Name and value are easily swapped."""
    with pytest.raises(ConfigError) as caught:
        KeysFile(tmp_path / "keys.toml").set("sk-abcdefghijklmnop", "ACME_API_KEY")

    assert caught.value.problems == ("'[redacted]' is not the name of an environment variable",)


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old file stays whole, and no copy of the keys stays beside it."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    file = KeysFile(tmp_path / "keys.toml")
    file.set("A", "1")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(ConfigError) as caught:
            file.set("A", "2")

    assert (f"{file.path}: cannot be written: No space left on device",) == caught.value.problems
    assert (file.read(), [path.name for path in tmp_path.iterdir()]) == ({"A": "1"}, ["keys.toml"])


def test_a_folder_in_its_place_is_an_error(tmp_path: Path) -> None:
    """What cannot be read is said, not taken for empty."""
    with pytest.raises(ConfigError) as caught:
        KeysFile(tmp_path).read()

    assert (f"{tmp_path}: cannot be read: {os.strerror(errno.EISDIR)}",) == caught.value.problems
