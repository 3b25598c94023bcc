"""Spellings of one name made equal: the forms in which names are compared, whoever wrote them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_COMPANY = re.compile(r"[-_ .](?:ai|inc|labs?|org|hq|cloud|gateway|platform)$")
_OTHER = re.compile(r"[^a-z0-9]")
_SHORTEST = 4  # letters; ``x`` of ``x-ai`` is no name to strike from another


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """`text` in lower case with only letters and digits: ``Z.ai``, ``z-ai`` and ``zai`` are one."""
    return _OTHER.sub("", fold(text))


def fold(text: str) -> str:
    """`text` in lower case, compatibility forms and typographic quotes made plain."""
    if text.isascii():  # most names; nothing in them has another form
        return text.lower().strip()
    return unicodedata.normalize("NFKC", text).lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").strip()


def maker_names(written: str) -> frozenset[str]:
    """How a maker or host written ``Acme AI`` or ``acme-ai`` may stand in a name: ``acmeai``, ``acme``."""
    whole = plain(written)
    short = plain(_COMPANY.sub("", fold(written)))
    return frozenset(name for name in (whole, short if len(short) >= _SHORTEST else "") if name)
