"""Large messages taken apart without copying what is large in them. Pure.

protobuf copies a field when it parses it and once more when it is read. A log of large secrets and
configs is three such messages inside each other, which costs more than to decrypt it.
"""

import re
from functools import cache
from typing import Final

from google.protobuf.message import Message

LARGE: Final = 1 << 15
"""Bytes from which on it pays."""


def parse_around(message: Message, data: memoryview, tag: int) -> memoryview | None:
    """Parse a message, and give one field of bytes apart, not copied.

    Args:
        message: what to parse into; it does not get the field, if that was found.
        data: the message's bytes.
        tag: the tag of the field, which only fields of numbers may precede.

    Returns:
        The field; None if it was not found, and then ``message`` has all.

    Raises:
        DecodeError: it is no such message.
    """
    found = _field(tag).match(data)
    if found is not None:
        start = found.end()
        end = start + number(found[1])
        if end <= len(data):
            message.ParseFromString(bytes(data[: found.start(1) - 1]) + bytes(data[end:]))
            return data[start:end]
    message.ParseFromString(bytes(data))
    return None


@cache
def _field(tag: int) -> re.Pattern[bytes]:
    """Fields of numbers, then the tag and its length."""
    return re.compile(
        rb"(?:[\x08\x10\x18\x20\x28\x30\x38\x40\x48\x50\x58\x60\x68\x70\x78]"
        rb"[\x80-\xff]{0,9}[\0-\x7f]){0,8}?%b([\x80-\xff]{0,4}[\0-\x7f])" % re.escape(bytes([tag]))
    )


def number(varint: bytes) -> int:
    """The number that these bytes are: seven bits in each, the lowest first."""
    value = 0
    for byte in reversed(varint):
        value = value << 7 | byte & 0x7F
    return value


class Hidden(bytes):
    """Bytes whose repr tells their number only: keys, and files with keys in them.

    Debuggers, loggers and test runners show the locals of a traceback by their repr.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"

    __str__ = __repr__
