"""How the disk cache turns values into database columns: as JSON, and never as a pickle.

diskcache (up to 5.6.3, CVE-2025-69872) unpickles what it finds in a row, so whoever can write to the cache
can run code; its `JSONDisk` still unpickles a row that is *marked* as pickled. `SafeDisk` accepts only text
keys and JSON values, keeps them all inside the database, and refuses every other kind of row, including one
that names a file: reading or removing it would follow a path somebody else wrote.

Import this module only where a cache is opened: it loads diskcache.
"""

from __future__ import annotations

import json
import re

import orjson
from diskcache import UNKNOWN, Disk
from diskcache.core import MODE_RAW

_WIDE = re.compile(r"\d{19}")
"""May be a whole number of more than 64 bits, which the fast reader would round to a float."""

_EXACT = " "
"""Before the JSON of such a value: read it with the exact reader."""


class UnsafeRowError(ValueError):
    """A row that this class would never have written."""


class SafeDisk(Disk):  # type: ignore[misc]  # diskcache has no types
    """Text keys, JSON values, nothing else."""

    def put(self, key: object) -> tuple[str, bool]:
        """The columns of a key.

        Raises:
            TypeError: It is not text; any other key would be pickled.
        """
        if type(key) is not str:
            raise TypeError(f"a cache key is text, not {type(key).__name__}")
        return key, True

    def get(self, key: object, raw: bool) -> str:
        """The key of a row.

        Raises:
            UnsafeRowError: It is pickled, or not text.
        """
        if not raw or type(key) is not str:
            raise UnsafeRowError("refused a cache key that is not plain text")
        return key

    def store(self, value: object, read: bool, key: object = UNKNOWN) -> tuple[int, int, None, str]:
        """The columns of a value: size in files, mode, file name, JSON.

        Raises:
            TypeError: It holds what JSON cannot.
            ValueError: It holds NaN or an infinity, or `read` asks for a file's content.
        """
        del key
        if read:
            raise ValueError("the cache keeps values, not files")
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
        return 0, MODE_RAW, None, _EXACT + text if _WIDE.search(text) else text

    def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> object:
        """The value of a row.

        Raises:
            UnsafeRowError: It is pickled, lives in a file, or is not text.
            ValueError: It is not JSON.
        """
        if mode != MODE_RAW or filename is not None or read or type(value) is not str:
            raise UnsafeRowError("refused a cache row that is not JSON text")
        return json.loads(value) if value.startswith(_EXACT) else orjson.loads(value)

    def remove(self, file_path: str) -> None:
        """Nothing: no row of ours has a file, and another's path is not followed."""
