"""One service, or its spec, from a file of any form: JSON of the engine, or a message."""

import json
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

from google.protobuf import json_format, text_format

from swarmwire import engine, pb
from swarmwire.cli.__main__ import reason_of
from swarmwire.cli.exits import Unreadable
from swarmwire.cli.json_stream import JSONSplitter
from swarmwire.cli.kinds import decoded, inspected
from swarmwire.cli.streams import Element
from swarmwire.convert import service_spec_to_grpc
from swarmwire.errors import FieldError

_ID = re.compile(r"[0-9a-z]{20,30}")
_MESSAGE_KEYS = frozenset({"annotations", "task", "spec", "meta", "specVersion", "spec_version"})
_SPACE = b" \t\r\n\xef\xbb\xbf"


class Input(NamedTuple):
    """What a file holds.

    ``service`` is a whole one where the file holds that, or has nothing but a spec; ``is_message``
    tells whether it was a message, and not the engine's JSON, which cannot say all.
    """

    service: pb.Service
    is_message: bool
    is_whole: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def spec(self) -> pb.ServiceSpec:
        """The spec alone."""
        return self.service.spec


def read(file: str, name: str = "") -> Input:
    """The service in ``file``; ``name`` is for one that has none.

    Raises:
        Unreadable: the file cannot be read, or holds no service; with the name of the file.
    """
    label = "<stdin>" if file == "-" else file
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as err:
        raise Unreadable(f"{label}: {reason_of(err)}") from err
    try:
        return parse(raw, name)
    except (Unreadable, FieldError) as err:
        raise Unreadable(f"{label}: {err}") from err


def parse(raw: bytes, name: str = "") -> Input:
    """The service in ``raw``.

    Raises:
        Unreadable: it holds none, or several.
        FieldError: a field is wrong.
    """
    start = raw.lstrip(_SPACE)[:1]
    if not start:
        raise Unreadable("is empty")
    if start in (b"{", b"["):
        return _from_json(raw, name)
    text = _as_text(raw)
    if text is not None:
        return Input(text, is_message=True, is_whole=bool(text.id))
    return _from_binary(raw)


def _from_json(raw: bytes, name: str) -> Input:
    splitter = JSONSplitter("")
    elements: list[Element] = [*splitter.feed(raw), *splitter.finish()]
    if len(elements) != 1:
        raise Unreadable(f"holds {len(elements)} objects; one service is wanted")
    one = elements[0].raw
    keys = _keys(one)
    if keys & _MESSAGE_KEYS:
        return _from_message_json(one, keys)
    findings: list[engine.KeyFinding] = []
    inner, prefix = inspected(one, "service")
    spec: engine.ServiceSpec = decoded(inner, "service", findings)
    try:
        message = service_spec_to_grpc(spec, name=name, lossless=True)
    except FieldError as err:
        raise (err.under(prefix) if prefix else err) from None
    warnings = tuple(_warning(finding, prefix) for finding in findings)
    return Input(pb.Service(spec=message), is_message=False, warnings=warnings)


def _keys(one: bytes) -> frozenset[str]:
    try:
        found = json.loads(one)
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(found) if isinstance(found, dict) else frozenset()


def _from_message_json(one: bytes, keys: frozenset[str]) -> Input:
    whole = "spec" in keys
    service = pb.Service()
    try:
        json_format.Parse(one, service if whole else service.spec)
    except (json_format.ParseError, ValueError, RecursionError) as err:
        raise Unreadable(f"not a service in protobuf's JSON: {err}") from err
    return Input(service, is_message=True, is_whole=whole)


def _warning(finding: engine.KeyFinding, prefix: str) -> str:
    path = f"{prefix}.{finding.path}" if prefix else finding.path
    if finding.kind == "unknown":
        meant = f"; did you mean {finding.meant}?" if finding.meant else ""
        return f"{path}: unknown key, passed over{meant}"
    if finding.kind == "case":
        return f"{path}: read as {finding.meant}"
    return f"{path}: given more than once; what comes later counts"


def _as_text(raw: bytes) -> pb.Service | None:
    """The service in protobuf's text form; None if it is no text."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    if not all(char.isprintable() or char in "\t\r\n" for char in text):
        return None
    for whole in (False, True):
        service = pb.Service()
        target: pb.Message = service if whole else service.spec
        try:
            text_format.Parse(text, target)
        except (text_format.ParseError, RecursionError):
            continue
        return service
    raise Unreadable("neither JSON nor a message in text form")


def _from_binary(raw: bytes) -> Input:
    service: Any = _parsed(pb.Service, raw)
    if service is not None and _ID.fullmatch(service.id) and service.HasField("spec"):
        return Input(service, is_message=True, is_whole=True)
    spec: Any = _parsed(pb.ServiceSpec, raw)
    if spec is None or not spec.HasField("annotations"):
        raise Unreadable("neither JSON nor a message of a service")
    return Input(pb.Service(spec=spec), is_message=True)


def _parsed(type_: type[pb.Message], raw: bytes) -> pb.Message | None:
    try:
        return pb.parse(type_, raw)
    except FieldError:
        return None
