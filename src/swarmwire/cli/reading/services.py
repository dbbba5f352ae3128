"""One service, or its spec, from a file of any form: JSON of the engine, or a message."""

import sys
from pathlib import Path
from typing import NamedTuple

from google.protobuf import json_format, text_format

from swarmwire import engine, pb
from swarmwire.cli.exits import Unreadable, reason_of
from swarmwire.cli.reading.forms import is_service_spec, mark_of, text_form, top_level_keys
from swarmwire.cli.reading.inspected import decoded, inspected, key_warning
from swarmwire.cli.reading.json_stream import JSONSplitter
from swarmwire.cli.reading.streams import Element
from swarmwire.convert import service_spec_to_grpc
from swarmwire.errors import FieldError
from swarmwire.releases import Release

_MESSAGE_KEYS = frozenset({"annotations", "task", "spec", "meta", "specVersion", "spec_version"})
_SPACE = b" \t\r\n\xef\xbb\xbf"


class ServiceFile(NamedTuple):
    """What a file holds.

    Attributes:
        service: a whole one where the file holds that, or one that has nothing but a spec.
        is_whole: which of both.
        json_spec: the spec as the engine's JSON has it, which cannot say all; None if it was a
            message.
        warnings: what was passed over.
    """

    service: pb.Service
    is_whole: bool = False
    json_spec: engine.ServiceSpec | None = None
    warnings: tuple[str, ...] = ()

    @property
    def is_message(self) -> bool:
        """Whether it was a message, and not the engine's JSON."""
        return self.json_spec is None

    @property
    def wanted(self) -> pb.ServiceSpec | engine.ServiceSpec:
        """The spec, in the form that the file has."""
        return self.spec if self.json_spec is None else self.json_spec

    @property
    def spec(self) -> pb.ServiceSpec:
        """The spec alone, as a message."""
        return self.service.spec


class ServiceText(NamedTuple):
    """The bytes of a file, read but not understood yet: that takes an engine's release."""

    label: str
    raw: bytes

    def parsed(self, name: str = "", release: Release | None = None) -> ServiceFile:
        """The service in it; see ``parse_service``.

        Raises:
            Unreadable: it holds no service; with the name of the file.
        """
        try:
            return parse_service(self.raw, name, release)
        except (Unreadable, FieldError) as err:
            raise Unreadable(f"{self.label}: {err}") from err

    def parsed_for(self, name: str, release: Release) -> ServiceFile:
        """The same for a live manager of that release.

        As the newest reads it, so that it can be told what the manager drops; but what only the
        older one takes is read as that does.
        """
        if release.is_newest:
            return self.parsed(name)
        try:
            return self.parsed(name)
        except Unreadable:
            return self.parsed(name, release)


def load_service(file: str) -> ServiceText:
    """The bytes of ``file``.

    Raises:
        Unreadable: the file cannot be read; with its name.
    """
    label = "<stdin>" if file == "-" else file
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as err:
        raise Unreadable(f"{label}: {reason_of(err)}") from err
    return ServiceText(label, raw)


def parse_service(raw: bytes, name: str = "", release: Release | None = None) -> ServiceFile:
    """The service in ``raw``; ``name`` is for one that has none.

    JSON is read as the engine of ``release`` reads it; the newest unless it is given.

    Raises:
        Unreadable: it holds none, or several; what it is instead, where that can be told.
        FieldError: a field is wrong.
    """
    start = raw.lstrip(_SPACE)[:1]
    if not start:
        raise Unreadable("is empty")
    what = mark_of(raw)
    if what:
        raise Unreadable(f"is {what}")
    if start in (b"{", b"["):
        return _from_json(raw, name, release)
    text = _as_text(raw)
    if text is not None:
        return ServiceFile(text, is_whole=bool(text.id))
    return _from_binary(raw)


def _from_json(raw: bytes, name: str, release: Release | None) -> ServiceFile:
    splitter = JSONSplitter("")
    elements: list[Element] = [*splitter.feed(raw), *splitter.finish()]
    if len(elements) != 1:
        raise Unreadable(f"holds {len(elements)} objects; one service is wanted")
    one = elements[0].raw
    keys = top_level_keys(one)
    if keys & _MESSAGE_KEYS:
        return _from_message_json(one, keys)
    findings: list[engine.KeyFinding] = []
    inner, prefix = inspected(one, "service", release)
    spec: engine.ServiceSpec = decoded(inner, "service", findings, release)
    try:
        message = service_spec_to_grpc(spec, name=name, lossless=True, release=release)
    except FieldError as err:
        raise (err.under(prefix) if prefix else err) from None
    warnings = tuple(key_warning(finding, prefix) for finding in findings)
    return ServiceFile(pb.Service(spec=message), json_spec=spec, warnings=warnings)


def _from_message_json(one: bytes, keys: frozenset[str]) -> ServiceFile:
    whole = "spec" in keys
    service = pb.Service()
    try:
        json_format.Parse(one, service if whole else service.spec)
    except (json_format.ParseError, ValueError, RecursionError) as err:
        raise Unreadable(f"not a service in protobuf's JSON: {err}") from err
    return ServiceFile(service, is_whole=whole)


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
    what = text_form(raw)
    raise Unreadable(
        "neither JSON nor a message in text form" + (f": it looks like {what}" if what else "")
    )


def _from_binary(raw: bytes) -> ServiceFile:
    service = pb.Service()
    is_spec = is_service_spec(raw, "binary")
    try:
        if is_spec:
            service.spec.CopyFrom(pb.parse(pb.ServiceSpec, raw))
        else:
            service = pb.parse(pb.Service, raw)
    except FieldError as err:
        raise Unreadable("neither JSON nor a message of a service") from err
    if not service.HasField("spec"):
        raise Unreadable("neither JSON nor a message of a service")
    return ServiceFile(service, is_whole=not is_spec)
