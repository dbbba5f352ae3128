"""Large messages taken apart without copying what is large in them. Pure.

protobuf copies a field when it parses it and once more when it is read. A log of large secrets and
configs is three such messages inside each other, which costs more than to decrypt it.
"""

from typing import Final

from google.protobuf.message import Message

LARGE: Final = 1 << 15
"""Bytes from which on it pays."""

_MORE: Final = 0x80


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
    found = _find(data, tag)
    if found is None:
        message.ParseFromString(bytes(data))
        return None
    before, start, end = found
    message.ParseFromString(bytes(data[:before]) + bytes(data[end:]))
    return data[start:end]


def _find(data: memoryview, tag: int) -> tuple[int, int, int] | None:
    """Where the field's tag, its content and what follows begin."""
    at = 0
    while at < len(data) and data[at] != tag:
        if data[at] & 0x87:  # a tag of more than one byte, or no field of a number
            return None
        at += 1
        while at < len(data) and data[at] & _MORE:
            at += 1
        at += 1
    before, size, shift = at, 0, 0
    at += 1
    while at < len(data) and shift < 35:
        size |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not data[at - 1] & _MORE:
            return (before, at, at + size) if at + size <= len(data) else None
    return None
