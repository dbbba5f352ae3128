"""What ``check`` does with each object. Runs in the process of the command or in a worker."""

from typing import Any, NamedTuple

import msgspec

from swarmwire.check import check
from swarmwire.cli.kinds import TO_GRPC, inspected
from swarmwire.cli.line import one_line
from swarmwire.cli.locate import Locator, Place
from swarmwire.cli.render import Report, Row
from swarmwire.cli.streams import Element
from swarmwire.cli.work import Settings, is_json, to_messages
from swarmwire.errors import FieldError


class Examined(NamedTuple):
    """What became of one object: its report, or why it could not be read."""

    report: Report
    error: str = ""


class _Named(msgspec.Struct):
    name: Any = msgspec.field(default="", name="Name")
    spec: Any = msgspec.field(default=None, name="Spec")


_named_decoder = msgspec.json.Decoder(_Named)


def examine(settings: Settings, elements: list[Element]) -> list[Examined]:
    """Check each object."""
    return [_examine(settings, element) for element in elements]


def _examine(settings: Settings, element: Element) -> Examined:
    name = _name(element.raw)
    report = Report(element.file, element.number, element.in_list, name, element.line, ())
    if not is_json(element.raw):
        refused = to_messages(settings._replace(format="binary"), [element])[0].error
        return Examined(report, refused or f"{element.label}: not JSON")
    prefix = ""
    try:
        spec, prefix = inspected(element.raw, settings.kind)
        options = {"api_version": settings.api_version} if settings.api_version else {}
        found = check(spec, type_=TO_GRPC[settings.kind].type_, **options)
    except FieldError as err:
        row = Row("error", err.path, err.reason, "json", "wrong-type", "", "", 0, 0)
        return Examined(report._replace(rows=(row,)))
    if not found:
        return Examined(report)
    locator = Locator(element.raw, Place(element.line, element.column))
    return Examined(
        report._replace(rows=tuple(_row(finding, prefix, locator) for finding in found))
    )


def _row(finding: Any, prefix: str, locator: Locator) -> Row:
    path = ".".join(filter(None, (prefix, finding.path)))
    place = locator.place(path)
    return Row(
        finding.severity,
        path,
        finding.rule,
        finding.source,
        finding.code,
        finding.value,
        finding.fix,
        place.line,
        place.column,
    )


def _name(raw: bytes) -> str:
    """What the object calls itself; ``""`` if it does not."""
    try:
        found = _named_decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    inner = found.spec.get("Name") if isinstance(found.spec, dict) else None
    name = found.name or inner or ""
    return one_line(name) if isinstance(name, str) else ""
