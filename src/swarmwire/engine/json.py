"""JSON as the engine writes it, to the byte, and as it reads it.

Clean JSON is read by msgspec at once. What is odd but readable (keys in another case, unknown or
repeated keys, null for a number, bytes that are not UTF-8) is read a second time, slowly and as
Go's encoding/json would; ``lenient`` knows how.
"""

import re
from functools import cache
from typing import Any, TypeVar, get_args

import msgspec

from swarmwire.engine import lenient
from swarmwire.engine.float32 import GoFloat, shortest_float32
from swarmwire.engine.lenient import KeyFinding
from swarmwire.engine.shapes import shape_of, shaped, unshaped
from swarmwire.errors import ConvertError, DecodeError
from swarmwire.releases import AnyRelease, Release, as_release
from swarmwire.releases.quirks import does

__all__ = ["KeyFinding", "decode", "encode"]

_T = TypeVar("_T")

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_plain_decoder = msgspec.json.Decoder()
_plain_encoder = msgspec.json.Encoder()

# In a JSON text, a quote that is followed by a colon ends a key: within strings quotes are escaped.
# TmpfsOptions.Options is the last one of its object.
_NO_TMPFS_OPTIONS = b'"Options":[]}'

_ESCAPE = re.compile(rb"\\(?:[^u]|u....)")
# Go before 1.22 has no short escapes for these.
_LONG_ESCAPES = {rb"\b": rb"\u0008", rb"\f": rb"\u000c"}

_ALL_BUT_OPENING = bytes(byte for byte in range(256) if byte not in b"{[")

_DIGITS_TO_ZERO = bytes(ord("0") if 0x30 <= byte <= 0x39 else 0x20 for byte in range(256))
_TWENTY_DIGITS = b"0" * 20
# Of twenty digits in a row, every sixth byte of the text meets at least three.
_STRIDE = 6
_MET = b"0" * (20 // _STRIDE)


def decode(
    data: bytes | str,
    type_: type[_T],
    findings: list[KeyFinding] | None = None,
    *,
    release: AnyRelease = None,
) -> _T:
    """Read JSON as the engine reads a request; ``release`` is the newest unless it is given.

    Keys match in any case, unknown keys are passed over, repeated keys merge, null stands for an
    empty value, integer arrays stand for bytes. Each key that is unknown, in another case or
    repeated is appended to ``findings``.

    Raises:
        DecodeError: kind "type" (not JSON, or a value of the wrong type) or "range" (a number that
            does not fit), at the field's path.

    Source: Go encoding/json; moby daemon/server/httputils, ReadJSON.
    """
    raw = _raw(data)
    if release is not None and not (known := as_release(release)).is_newest:
        return _decode_as(known, raw, type_, findings)
    return _read(raw, type_, findings)


def _read(
    raw: bytes, type_: type[_T], findings: list[KeyFinding] | None, *, ignores_rest: bool = False
) -> _T:
    try:
        decoded: _T = _decoder(type_).decode(raw)
        if (findings is None and _has_merged_nothing(raw, decoded, type_)) or _is_clean(raw):
            return decoded
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, TypeError, AttributeError):
        # The second reading tells whether the engine would refuse it, and where.
        pass
    return lenient.read(raw, type_, findings, ignores_rest=ignores_rest)


def _decode_as(
    release: Release, raw: bytes, type_: type[_T], findings: list[KeyFinding] | None
) -> _T:
    """``decode`` for another release than the newest."""
    ignores_rest = does(release, "ignores-what-follows")
    try:
        shape = shape_of(type_, release)
        decoded: _T = unshaped(_read(raw, shape, findings, ignores_rest=ignores_rest))
    except DecodeError as err:
        if does(release, "bare-decode-errors"):
            err.reason = err.reason.removeprefix("invalid JSON: ")
        raise
    return decoded


def encode(value: object, *, release: AnyRelease = None) -> bytes:
    """Write JSON as the engine writes an answer, to the byte, without a line break at its end.

    ``release`` is the newest unless it is given.

    Raises:
        ConvertError: kind "type": a hand-built object holds what JSON cannot say.

    Source: Go encoding/json; moby daemon/server/httputils, WriteJSON.
    """
    if release is not None and not (known := as_release(release)).is_newest:
        return _encode_as(known, value)
    return _encoded(value)


def _encode_as(release: Release, value: object) -> bytes:
    """``encode`` for another release than the newest."""
    data = _encoded(shaped(value, release))
    if b"\\" not in data or release.short_escapes:
        return data
    return _ESCAPE.sub(lambda found: _LONG_ESCAPES.get(found[0], found[0]), data)


def _encoded(value: object) -> bytes:
    try:
        data = _encoder.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError, UnicodeEncodeError) as err:
        raise ConvertError("type", f"cannot be written as JSON: {err}") from err
    if _NO_TMPFS_OPTIONS in data:
        # The one omitted list whose emptiness differs from its absence: TmpfsOptions.Options.
        data = data.replace(b"," + _NO_TMPFS_OPTIONS, b"}").replace(_NO_TMPFS_OPTIONS, b"}")
    if not data.isascii():
        data = data.replace("\u2028".encode(), b"\\u2028").replace("\u2029".encode(), b"\\u2029")
    return data


def _decoder(type_: Any) -> msgspec.json.Decoder[Any]:
    decoder = _decoders.get(type_)
    if decoder is None:
        decoder = _decoders[type_] = msgspec.json.Decoder(type_)
    return decoder


def _raw(data: object) -> bytes:
    if isinstance(data, bytes):
        return data
    if isinstance(data, str):
        return data.encode("utf-8", "surrogatepass")
    if isinstance(data, bytearray | memoryview):
        return bytes(data)
    hint = ": engine.from_dict reads dicts" if isinstance(data, dict) else ""
    raise DecodeError("type", f"expected bytes, got {type(data).__name__}{hint}")


def _is_clean(data: bytes) -> bool:
    """Whether no key is repeated and no integer has more than 64 bits.

    msgspec tells neither. A repeated key is lost when the text is read as plain dicts, and with
    it a colon; an escaped colon would hide that.
    """
    again = _plain_encoder.encode(_plain_decoder.decode(data))
    return (
        again.count(b":") == data.count(b":")
        and not (b"\\" in data and b"\\u003" in data)
        and not _has_long_number(data)
    )


def _has_long_number(data: bytes) -> bool:
    """Whether there are twenty digits in a row: maybe an integer of more than 64 bits."""
    return _MET in data[::_STRIDE].translate(_DIGITS_TO_ZERO) and _TWENTY_DIGITS in data.translate(
        _DIGITS_TO_ZERO
    )


def _has_merged_nothing(data: bytes, decoded: object, type_: Any) -> bool:
    """Whether msgspec has read what Go would, though a key may be repeated: half of the work.

    Of a repeated key both take the last value, unless it is an object or a list: those Go merges.
    So none may have been lost, which shows in their number. What is written of an object may only
    be less than what was read of it, never more: so each struct that is always written must
    really have been there, which it has if it is not empty.
    """
    always_written = _always_written(type_)
    if b"\\" in data or always_written is None:
        return False
    for attribute, empty in always_written:
        if getattr(decoded, attribute) == empty:
            return False
    again = _plain_encoder.encode(decoded)
    read = len(data.translate(None, _ALL_BUT_OPENING))
    kept = len(again.translate(None, _ALL_BUT_OPENING))
    return read == kept and not _has_long_number(data)


@cache
def _always_written(type_: Any) -> tuple[tuple[str, msgspec.Struct], ...] | None:
    """The attributes whose structs a ``type_`` always writes, each with an empty one.

    None if what is in a ``type_`` has such attributes of its own.
    """
    if not (isinstance(type_, type) and issubclass(type_, msgspec.Struct)):
        return None
    if any(_written_structs(struct) for struct in _structs_within(type_) - {type_}):
        return None
    return tuple((name, struct()) for name, struct in _written_structs(type_))


def _written_structs(
    struct: type[msgspec.Struct],
) -> list[tuple[str, type[msgspec.Struct]]]:
    return [
        (field.name, field.default_factory)
        for field in msgspec.structs.fields(struct)
        if isinstance(field.default_factory, type)
        and issubclass(field.default_factory, msgspec.Struct)
    ]


def _structs_within(struct: type[msgspec.Struct]) -> set[type[msgspec.Struct]]:
    """``struct`` and every struct that it can hold, however deep."""
    found: set[type[msgspec.Struct]] = set()
    waiting: list[Any] = [struct]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            if kind not in found:
                found.add(kind)
                waiting += [field.type for field in msgspec.structs.fields(kind)]
        else:
            waiting += get_args(kind)
    return found


def _go_float(value: object) -> msgspec.Raw:
    if isinstance(value, GoFloat):
        return msgspec.Raw(shortest_float32(value).encode())
    raise TypeError(f"a {type(value).__name__}")


_encoder = msgspec.json.Encoder(enc_hook=_go_float, order="deterministic")
