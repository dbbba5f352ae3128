"""Repair of messages whose strings are not UTF-8. Pure: bytes in, bytes out.

Go writes any bytes into a protobuf string; Python refuses to read them. This walks the wire
format along a descriptor and replaces the offending bytes, leaving all else, unknown fields
included, as it was. (Descriptors are Any: their type differs between protobuf's runtimes.)
"""

from typing import Any, NamedTuple

from google.protobuf.descriptor import FieldDescriptor

from swarmwire.errors import MapKey, render_path

_VARINT, _FIXED64, _BYTES, _GROUP, _GROUP_END, _FIXED32 = range(6)
_STRING = FieldDescriptor.TYPE_STRING
_MESSAGE = FieldDescriptor.TYPE_MESSAGE


class Repair(NamedTuple):
    """A string that held bytes which are not UTF-8."""

    path: str
    """The field, in the message's own names: ``spec.task.container.env[3]``."""
    original: bytes
    """The bytes as they were stored."""


def repaired(descriptor: Any, data: bytes, found: list[Repair]) -> bytes:
    """``data`` with each byte that is not UTF-8 in a string replaced by U+FFFD.

    Each changed string is appended to ``found``.

    Raises:
        ValueError: ``data`` breaks off within a field, or has an unknown wire type.
    """
    return _message(descriptor, data, (), found)


def replaced(data: bytes) -> str:
    """The text of ``data`` as Go reads it: each byte that is not UTF-8 becomes one U+FFFD."""
    text = data.decode("utf-8", "surrogateescape")
    if text.isascii():
        return text
    return "".join("\N{REPLACEMENT CHARACTER}" if "\udc80" <= c <= "\udcff" else c for c in text)


def _message(
    descriptor: Any, data: bytes, steps: tuple[str | int, ...], found: list[Repair]
) -> bytes:
    out = bytearray()
    seen: dict[int, int] = {}
    at = 0
    while at < len(data):
        start = at
        tag, at = _varint(data, at)
        number, wire_type = tag >> 3, tag & 7
        field = descriptor.fields_by_number.get(number)
        if wire_type != _BYTES:
            at = _skip(data, at, wire_type)
            out += data[start:at]
            continue
        size, at = _varint(data, at)
        if at + size > len(data):
            raise ValueError("a field runs past the end")
        content = data[at : at + size]
        at += size
        if field is not None and field.type in (_STRING, _MESSAGE):
            index = seen[number] = seen.get(number, -1) + 1
            here = (*steps, field.name, index) if _repeated(field) else (*steps, field.name)
            content = _content(field, content, here, found)
        out += _encoded(tag) + _encoded(len(content)) + content
    return bytes(out)


def _content(
    field: Any, content: bytes, steps: tuple[str | int, ...], found: list[Repair]
) -> bytes:
    if field.type == _MESSAGE:
        if field.message_type.GetOptions().map_entry:
            key = _map_key(content)
            steps = (*steps[:-1], MapKey(key))
        return _message(field.message_type, content, steps, found)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        found.append(Repair(render_path(steps), content))
        return replaced(content).encode("utf-8")
    return content


def _map_key(entry: bytes) -> str:
    at = 0
    while at < len(entry):
        tag, at = _varint(entry, at)
        if tag & 7 != _BYTES:
            at = _skip(entry, at, tag & 7)
            continue
        size, at = _varint(entry, at)
        if tag >> 3 == 1:
            return replaced(entry[at : at + size])
        at += size
    return ""


def _repeated(field: Any) -> bool:
    # protobuf 7 took away `label`, and runtimes before 6 do not have `is_repeated`.
    if hasattr(field, "is_repeated"):
        return bool(field.is_repeated)
    return bool(field.label == FieldDescriptor.LABEL_REPEATED)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError("a number runs past the end")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _encoded(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _skip(data: bytes, at: int, wire_type: int) -> int:
    if wire_type == _VARINT:
        return _varint(data, at)[1]
    if wire_type == _FIXED64:
        return at + 8
    if wire_type == _FIXED32:
        return at + 4
    if wire_type == _BYTES:
        size, at = _varint(data, at)
        return at + size
    if wire_type == _GROUP:
        while True:
            tag, at = _varint(data, at)
            if tag & 7 == _GROUP_END:
                return at
            at = _skip(data, at, tag & 7)
    raise ValueError(f"unknown wire type {wire_type}")
