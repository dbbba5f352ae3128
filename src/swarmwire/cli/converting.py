"""What is done with each object. Runs in the process of the command or in one of its workers.

A refused object is an outcome, not an exception: the command decides whether it goes on.
"""

# ruff: noqa: PLC0415 - protobuf's text and JSON forms are slow to import, and often not needed

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NamedTuple

import msgspec

from swarmwire import engine, pb
from swarmwire.cli.exits import Unreadable
from swarmwire.cli.kinds import FROM_GRPC, SECRETIVE, TO_GRPC
from swarmwire.cli.pipeline import ObjectOutcome
from swarmwire.cli.reading.forms import is_service_spec, mark_of
from swarmwire.cli.reading.inspected import decoded, inspected, key_warning
from swarmwire.cli.reading.streams import Element
from swarmwire.errors import ConvertError, DecodeError, FieldError, SwarmwireError
from swarmwire.releases import Release


class Settings(NamedTuple):
    """What the options ask of the work on one object.

    Without a ``kind`` messages are services or their specs, and told apart.
    """

    kind: str
    format: str = "binary"
    lossless: bool = False
    api_version: str = ""
    name: str = ""
    indent: bool = False
    release: Release | None = None
    """The engine; the newest if it is None."""


_INDENT: Final = 4
_any_decoder = msgspec.json.Decoder(msgspec.Raw)


def to_messages(settings: Settings, elements: list[Element]) -> list[ObjectOutcome]:
    """Engine JSON to messages."""
    return [_to_message(settings, element) for element in elements]


def _to_message(settings: Settings, element: Element) -> ObjectOutcome:
    found: list[engine.KeyFinding] = []
    kind = TO_GRPC[settings.kind]
    prefix = ""
    try:
        spec, prefix = inspected(element.raw, settings.kind, settings.release)
        value = decoded(spec, settings.kind, found, settings.release)
        if settings.api_version and isinstance(value, engine.ServiceSpec):
            value = engine.adjust_for_api_version(
                value, settings.api_version, release=settings.release
            )
        message = kind.convert(value, **_options(settings, lossless=kind.lossless))
        data = _WRITERS[settings.format](message, settings)
    except DecodeError as err:
        return _refused_json(element, err, prefix, settings)
    except Unreadable as err:
        return ObjectOutcome(b"", f"{element.label}: {err}", garbled=True)
    except FieldError as err:
        return ObjectOutcome(b"", f"{element.label}: {_placed(err, prefix)}")
    warnings = (f"warning: {element.label}: {key_warning(key, prefix)}" for key in found)
    return ObjectOutcome(data, warnings=tuple(warnings))


def _options(settings: Settings, *, lossless: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"release": settings.release}
    if lossless:
        options["lossless"] = settings.lossless
    if settings.name:
        options["name"] = settings.name
    return options


def _refused_json(
    element: Element, err: DecodeError, prefix: str, settings: Settings
) -> ObjectOutcome:
    garbled = not is_json(element.raw)
    if garbled:
        err = _in_file(element, err, settings)
    return ObjectOutcome(b"", f"{element.label}: {_placed(err, prefix)}", garbled)


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


def _in_file(element: Element, err: DecodeError, settings: Settings) -> DecodeError:
    """The error with line and column of the file, where ``err`` has those of the object."""
    before = b"\n" * (element.line - 1) + b" " * (element.column - 1)
    try:
        type_ = TO_GRPC[settings.kind].type_
        engine.decode(before + element.raw, type_, release=settings.release)
    except DecodeError as placed:
        return placed
    return err


def _placed(err: FieldError, prefix: str) -> str:
    return str(err.under(prefix) if prefix else err)


def _binary(message: pb.Message, _settings: Settings) -> bytes:
    return message.SerializeToString(deterministic=True)


def _text(message: pb.Message, _settings: Settings) -> bytes:
    from google.protobuf import text_format

    return str(text_format.MessageToString(message, as_utf8=True)).encode()


def _json(message: pb.Message, settings: Settings) -> bytes:
    from google.protobuf import json_format

    indent = _INDENT if settings.indent else None
    try:
        text = json_format.MessageToJson(message, preserving_proto_field_name=True, indent=indent)
    except (TypeError, json_format.Error) as err:
        reason = (
            "holds a payload that protobuf JSON cannot say; use --message-format text or binary"
        )
        raise ConvertError("unsupported", reason) from err
    return text.encode()


_WRITERS: Final[dict[str, Callable[[pb.Message, Settings], bytes]]] = {
    "binary": _binary,
    "text": _text,
    "json": _json,
}


def from_messages(settings: Settings, elements: list[Element]) -> list[ObjectOutcome]:
    """Messages to the engine's JSON."""
    return [_from_message(settings, element) for element in elements]


def _from_message(settings: Settings, element: Element) -> ObjectOutcome:
    repairs: list[Any] = []
    is_spec = _is_spec(settings, element)
    name = settings.kind or ("service-spec" if is_spec else "service")
    kind = FROM_GRPC[name]
    try:
        message = _READERS[settings.format](kind.message, element.raw, repairs)
    except DecodeError as err:
        return ObjectOutcome(b"", f"{element.label}: {err}{_hint(element, settings)}", garbled=True)
    except (_UnparsedError, ValueError, RecursionError) as err:
        reason = _unparsed(err, settings)
        return ObjectOutcome(
            b"", f"{element.label}: {reason}{_other_kind(name, is_spec)}", garbled=True
        )
    try:
        data = kind.json(message, **_options(settings, lossless=kind.lossless))
    except SwarmwireError as err:
        return ObjectOutcome(b"", f"{element.label}: {err}{_other_kind(name, is_spec)}")
    if settings.indent:
        data = msgspec.json.format(data, indent=_INDENT)
    return ObjectOutcome(
        data, warnings=tuple(_repair_warning(element, repair) for repair in repairs)
    )


def _is_spec(settings: Settings, element: Element) -> bool:
    is_service = settings.kind in ("", "service", "service-spec")
    return is_service and is_service_spec(element.raw, settings.format)


def _other_kind(kind: str, is_spec: bool) -> str:  # noqa: FBT001 - both are of one message
    if kind == "service" and is_spec:
        return "; it is a service's spec: leave out --kind, or say --kind service-spec"
    return ""


def _repair_warning(element: Element, repair: Any) -> str:
    # The bytes may be part of a secret, so they are not shown.
    return f"warning: {element.label}: {repair.path}: not UTF-8, read with U+FFFD for such bytes"


def _hint(element: Element, settings: Settings) -> str:
    if settings.format != "binary" or element.in_list:
        return ""
    what = mark_of(element.raw)
    if what:
        return f"; it is {what}"
    start = element.raw[:512].lstrip()
    if start[:1] in (b"{", b"["):
        return "; it looks like JSON, see --message-format"
    if start.isascii() and all(byte >= 0x20 or byte in b"\t\r\n" for byte in start):
        return "; it looks like text, see --message-format"
    return "; if it is a stream of messages with their lengths, use --delimited"


def _unparsed(err: Exception, settings: Settings) -> str:
    what = f"not protobuf {'text' if settings.format == 'text' else 'JSON'} of this kind"
    if isinstance(err, UnicodeDecodeError):
        return f"{what}: not UTF-8"
    if isinstance(err, RecursionError):
        return f"{what}: nested too deeply"
    if settings.kind not in SECRETIVE:
        return f"{what}: {err}"
    if isinstance(err, _UnparsedError) and err.line is not None:
        return f"{what}: at line {err.line}, column {err.column}"
    return what


class _UnparsedError(Exception):
    """What protobuf says of a text that is no message, and where."""

    def __init__(
        self, reason: Exception, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(str(reason))
        self.line = line
        self.column = column


def _from_binary(type_: type[pb.Message], raw: bytes, repairs: list[Any]) -> pb.Message:
    return pb.parse(type_, raw, repairs)


def _from_text(type_: type[pb.Message], raw: bytes, _repairs: list[Any]) -> pb.Message:
    from google.protobuf import text_format

    try:
        return text_format.Parse(raw.decode(), type_())
    except text_format.ParseError as err:
        raise _UnparsedError(err, err.GetLine(), err.GetColumn()) from err


def _from_json(type_: type[pb.Message], raw: bytes, _repairs: list[Any]) -> pb.Message:
    from google.protobuf import json_format

    try:
        return json_format.Parse(raw.decode(), type_())
    except json_format.ParseError as err:
        raise _UnparsedError(err) from err


_READERS: Final[dict[str, Callable[[type[pb.Message], bytes, list[Any]], pb.Message]]] = {
    "binary": _from_binary,
    "text": _from_text,
    "json": _from_json,
}
