"""Names of objects as names of files: on every file system, and never out of their folder. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

_LONGEST: Final = 180
"""Bytes of a name, so that an id and an ending find room in the 255 of a file system."""

_LONGEST_ID: Final = 60
_UNSAFE: Final = re.compile(rb"[^A-Za-z0-9_.-]")
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever stands behind the dot."""


def file_names(objects: Iterable[tuple[str, str]]) -> list[str]:
    """A file's name, without its ending, for each name and id, in their order.

    Letters, digits, ``-``, ``_`` and inner dots stay; anything else is percent-encoded. Where names
    are equal, but for case, or too long, ``@`` and the id come behind them: ``@`` itself is
    encoded, so that no name can be taken for another one with its id.
    """
    names = [(_encoded(name)[:_LONGEST], _short(_encoded(id_))) for name, id_ in objects]
    count = Counter(name.lower() for name, _ in names)
    return [
        name if name and count[name.lower()] == 1 and len(name) < _LONGEST else f"{name}@{id_}"
        for name, id_ in names
    ]


def _short(id_: str) -> str:
    """An id of a manager has 25 letters; a longer one is told by its digest."""
    return id_ if len(id_) <= _LONGEST_ID else sha256(id_.encode()).hexdigest()[:_LONGEST_ID]


def _encoded(name: str) -> str:
    text = _UNSAFE.sub(_percent, name.encode("utf-8", "surrogatepass")).decode("ascii")
    if text.startswith("."):
        text = f"%2E{text[1:]}"
    if text.endswith("."):
        text = f"{text[:-1]}%2E"
    if _DEVICES.match(text):
        text = f"%{ord(text[0]):02X}{text[1:]}"
    return text


def _percent(found: re.Match[bytes]) -> bytes:
    return b"%%%02X" % found[0][0]
