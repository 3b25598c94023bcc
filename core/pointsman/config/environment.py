"""Environment variables, and under them the private keys file."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import field, frozen

from pointsman import private_files
from pointsman.errors import ConfigError
from pointsman.types.secrets import bare, redact

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


@frozen
class KeysFile:
    """A TOML file of ``NAME = "value"`` lines that only its owner may read.

    It is refused when anybody else may read or write it, and written with mode 0600 in a folder of mode 0700.
    """

    path: Path

    def read(self) -> dict[str, str]:
        """Every key in it; empty when there is no file.

        Raises:
            ConfigError: Others may read it, or it is not such a file.
        """
        try:
            exposed = private_files.open_to_others(self.path)
            text = self.path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return {}
        except UnicodeDecodeError:
            raise ConfigError([f"{self.path}: not a TOML file: it is not UTF-8"]) from None
        except OSError as error:
            raise ConfigError([f"{self.path}: cannot be read: {error.strerror}"]) from error
        if exposed:
            problem = f"{self.path}: others may read it (mode {exposed:04o}); run: chmod 600 {self.path}"
            raise ConfigError([problem])
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError([f"{self.path}: not a TOML file: {error}"]) from None
        problems = [problem for name, value in values.items() if (problem := _problem(name, _trimmed(value)))]
        if problems:
            raise ConfigError([f"{self.path}: {problem}" for problem in problems])
        return values

    def set(self, name: str, value: str) -> None:
        """Keep a key (an empty value removes it).

        Raises:
            ConfigError: `name` is no environment variable's name, `value` is not one line of text, or the
                file cannot be used.
        """
        if problem := _problem(name, value):
            raise ConfigError([problem])
        values = self.read()
        if value:
            values[name] = value
        else:
            values.pop(name, None)
        self._write(values)

    def _write(self, values: Mapping[str, str]) -> None:
        import tomli_w

        try:
            private_files.write(self.path, tomli_w.dumps(dict(sorted(values.items()))))
        except OSError as error:
            raise ConfigError([f"{self.path}: cannot be written: {error.strerror}"]) from error


def _trimmed(value: object) -> object:
    """A value as a `Secret` reads it: what came along when it was copied is no part of it."""
    return bare(value) if isinstance(value, str) else value


def _problem(name: str, value: object) -> str:
    """What is wrong with a line of the file; it never shows the value."""
    if not _VARIABLE.fullmatch(name):
        return f"{redact(repr(name))} is not the name of an environment variable"
    if not isinstance(value, str):
        return f"{name}: must be a string"
    return "" if value.isprintable() else f"{name}: a key is one line of printable text"


@frozen
class Environment(Mapping[str, str]):
    """Variables of the process over those of the keys file. A variable set to nothing counts as not set.

    ``POINTSMAN_ONLY`` is the exception: there, nothing means none.
    """

    process: Mapping[str, str] = field(repr=False)
    kept: Mapping[str, str] = field(factory=dict, repr=False)

    @classmethod
    def of(cls, process: Mapping[str, str] | None = None) -> Environment:
        """The process's own environment alone, or the one given instead."""
        return cls(os.environ if process is None else process)

    @classmethod
    def over(cls, keys: KeysFile, process: Mapping[str, str] | None = None) -> Environment:
        """The same over this keys file.

        Raises:
            ConfigError: The keys file cannot be used.
        """
        return cls(os.environ if process is None else process, keys.read())

    def origin(self, name: str) -> str:
        """Where a value comes from: ``environment``, ``keys file``, or nothing."""
        if self.process.get(name):
            return "environment"
        return "keys file" if self.kept.get(name) else ""

    def first(self, names: tuple[str, ...]) -> tuple[str, str] | None:
        """The first of these variables that is set, with its value."""
        return next(((name, self[name]) for name in names if name in self), None)

    def __getitem__(self, name: str) -> str:
        if name == "POINTSMAN_ONLY" and name in self.process:
            return self.process[name]
        if value := self.process.get(name) or self.kept.get(name):
            return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name in {**self.kept, **self.process} if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        try:
            self[name]  # type: ignore[index]
        except KeyError:
            return False
        return True
