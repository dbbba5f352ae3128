"""What is done with each object. Runs in the process of the command or in one of its workers.

A refused object is an outcome, not an exception: the command decides whether it goes on.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NamedTuple

import msgspec
from google.protobuf import json_format, text_format

from swarmwire import engine, pb
from swarmwire.cli.kinds import FROM_GRPC, SECRETIVE, TO_GRPC, decoded, inspected
from swarmwire.cli.streams import Element
from swarmwire.errors import ConvertError, DecodeError, FieldError, SwarmwireError


class Settings(NamedTuple):
    """What the options ask of the work on one object."""

    kind: str
    format: str = "binary"
    lossless: bool = False
    api_version: str = ""
    name: str = ""
    indent: bool = False


class Outcome(NamedTuple):
    """What became of one object."""

    data: bytes
    """The converted object, as it is written."""
    error: str = ""
    """Why it was refused; then there is no data."""
    garbled: bool = False
    """Whether it was not even JSON, or not a message."""
    warnings: tuple[str, ...] = ()


_INDENT: Final = 4
_any_decoder = msgspec.json.Decoder(msgspec.Raw)


def to_messages(settings: Settings, elements: list[Element]) -> list[Outcome]:
    """Engine JSON to messages."""
    return [_to_message(settings, element) for element in elements]


def _to_message(settings: Settings, element: Element) -> Outcome:
    found: list[engine.KeyFinding] = []
    kind = TO_GRPC[settings.kind]
    prefix = ""
    try:
        spec, prefix = inspected(element.raw, settings.kind)
        value = decoded(spec, settings.kind, found)
        if settings.api_version and isinstance(value, engine.ServiceSpec):
            value = engine.adjust_for_api_version(value, settings.api_version)
        message = kind.convert(value, **_options(settings, lossless=kind.lossless))
        data = _WRITERS[settings.format](message, settings)
    except DecodeError as err:
        return _refused_json(element, err, prefix, settings.kind)
    except FieldError as err:
        return Outcome(b"", f"{element.label}: {_placed(err, prefix)}")
    return Outcome(data, warnings=tuple(_key_warning(element, key, prefix) for key in found))


def _options(settings: Settings, *, lossless: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"lossless": settings.lossless} if lossless else {}
    if settings.name:
        options["name"] = settings.name
    return options


def _refused_json(element: Element, err: DecodeError, prefix: str, kind: str) -> Outcome:
    garbled = not is_json(element.raw)
    if garbled:
        err = _in_file(element, err, kind)
    return Outcome(b"", f"{element.label}: {_placed(err, prefix)}", garbled)


def is_json(raw: bytes) -> bool:
    """Whether ``raw`` is JSON at all, whatever it says."""
    with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        _any_decoder.decode(raw)
        return True
    # msgspec refuses some texts that Go and Python take
    try:
        json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return False
    return True


def _in_file(element: Element, err: DecodeError, kind: str) -> DecodeError:
    """The error with line and column of the file, where ``err`` has those of the object."""
    before = b"\n" * (element.line - 1) + b" " * (element.column - 1)
    try:
        engine.decode(before + element.raw, TO_GRPC[kind].type_)
    except DecodeError as placed:
        return placed
    return err


def _placed(err: FieldError, prefix: str) -> str:
    return str(err.under(prefix) if prefix else err)


def _key_warning(element: Element, key: engine.KeyFinding, prefix: str) -> str:
    match key.kind:
        case "unknown":
            meant = f"; did you mean {key.meant}?" if key.meant else ""
            what = f"unknown key, passed over{meant}"
        case "case":
            what = f"read as {key.meant}"
        case _:
            what = "given more than once; what comes later counts"
    path = f"{prefix}.{key.path}" if prefix else key.path
    return f"warning: {element.label}: {path}: {what}"


def _binary(message: pb.Message, _settings: Settings) -> bytes:
    return message.SerializeToString(deterministic=True)


def _text(message: pb.Message, _settings: Settings) -> bytes:
    return str(text_format.MessageToString(message, as_utf8=True)).encode()


def _json(message: pb.Message, settings: Settings) -> bytes:
    indent = _INDENT if settings.indent else None
    try:
        text = json_format.MessageToJson(message, preserving_proto_field_name=True, indent=indent)
    except (TypeError, json_format.Error) as err:
        reason = "holds a payload that protobuf JSON cannot say; use --format text or binary"
        raise ConvertError("unsupported", reason) from err
    return text.encode()


_WRITERS: Final[dict[str, Callable[[pb.Message, Settings], bytes]]] = {
    "binary": _binary,
    "text": _text,
    "json": _json,
}


def from_messages(settings: Settings, elements: list[Element]) -> list[Outcome]:
    """Messages to the engine's JSON."""
    return [_from_message(settings, element) for element in elements]


def _from_message(settings: Settings, element: Element) -> Outcome:
    repairs: list[Any] = []
    kind = FROM_GRPC[settings.kind]
    try:
        message = _READERS[settings.format](kind.message, element.raw, repairs)
    except DecodeError as err:
        return Outcome(b"", f"{element.label}: {err}{_hint(element, settings)}", garbled=True)
    except (text_format.ParseError, json_format.ParseError, ValueError, RecursionError) as err:
        return Outcome(b"", f"{element.label}: {_unparsed(err, settings)}", garbled=True)
    try:
        options = {"lossless": settings.lossless} if kind.lossless else {}
        data = engine.encode(kind.convert(message, **options))
    except SwarmwireError as err:
        return Outcome(b"", f"{element.label}: {err}")
    if settings.indent:
        data = msgspec.json.format(data, indent=_INDENT)
    return Outcome(data, warnings=tuple(_repair_warning(element, repair) for repair in repairs))


def _repair_warning(element: Element, repair: Any) -> str:
    # The bytes may be part of a secret, so they are not shown.
    return f"warning: {element.label}: {repair.path}: not UTF-8, read with U+FFFD for such bytes"


def _hint(element: Element, settings: Settings) -> str:
    if settings.format != "binary" or element.in_list:
        return ""
    start = element.raw[:512].lstrip()
    if start[:1] in (b"{", b"["):
        return "; it looks like JSON, see --input-format"
    if start.isascii() and all(byte >= 0x20 or byte in b"\t\r\n" for byte in start):
        return "; it looks like text, see --input-format"
    return "; if it is a stream of messages with their lengths, use --delimited"


def _unparsed(err: Exception, settings: Settings) -> str:
    what = f"not protobuf {'text' if settings.format == 'text' else 'JSON'} of this kind"
    if isinstance(err, UnicodeDecodeError):
        return f"{what}: not UTF-8"
    if isinstance(err, RecursionError):
        return f"{what}: nested too deeply"
    if settings.kind not in SECRETIVE:
        return f"{what}: {err}"
    if isinstance(err, text_format.ParseError) and err.GetLine() is not None:
        return f"{what}: at line {err.GetLine()}, column {err.GetColumn()}"
    return what


def _from_binary(type_: type[pb.Message], raw: bytes, repairs: list[Any]) -> pb.Message:
    return pb.parse(type_, raw, repairs)


def _from_text(type_: type[pb.Message], raw: bytes, _repairs: list[Any]) -> pb.Message:
    return text_format.Parse(raw.decode(), type_())


def _from_json(type_: type[pb.Message], raw: bytes, _repairs: list[Any]) -> pb.Message:
    return json_format.Parse(raw.decode(), type_())


_READERS: Final[dict[str, Callable[[type[pb.Message], bytes, list[Any]], pb.Message]]] = {
    "binary": _from_binary,
    "text": _from_text,
    "json": _from_json,
}
