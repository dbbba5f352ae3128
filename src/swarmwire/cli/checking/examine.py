"""What ``check`` does with each object. Runs in the process of the command or in a worker."""

from typing import TYPE_CHECKING, Any

import msgspec

from swarmwire.check import check
from swarmwire.cli.checking.report import FindingRow, ObjectReport
from swarmwire.cli.checking.stacks import StackSettings, examine_stack, is_stack
from swarmwire.cli.converting import Settings, is_json, to_messages
from swarmwire.cli.exits import Unreadable
from swarmwire.cli.kinds import TO_GRPC
from swarmwire.cli.pipeline import ObjectOutcome
from swarmwire.cli.reading.inspected import inspected
from swarmwire.cli.reading.streams import Element
from swarmwire.cli.terminal import one_line
from swarmwire.errors import FieldError

if TYPE_CHECKING:
    from swarmwire.cli.checking.locate import Locator


class _Named(msgspec.Struct):
    name: Any = msgspec.field(default="", name="Name")
    spec: Any = msgspec.field(default=None, name="Spec")


_named_decoder = msgspec.json.Decoder(_Named)


def examine(
    settings: Settings, stacks: StackSettings, elements: list[Element]
) -> list[ObjectOutcome]:
    """Check each object, or stack file."""
    return [
        examine_stack(stacks, element) if is_stack(stacks, element) else _examine(settings, element)
        for element in elements
    ]


def _examine(settings: Settings, element: Element) -> ObjectOutcome:
    name = _name(element.raw)
    report = ObjectReport(element.file, element.number, element.in_list, name, element.line, ())
    if not is_json(element.raw):
        refused = to_messages(settings._replace(format="binary"), [element])[0].error
        return ObjectOutcome(report, refused or f"{element.label}: not JSON", garbled=True)
    prefix = ""
    try:
        spec, prefix = inspected(element.raw, settings.kind, settings.release)
        options: dict[str, Any] = {}
        if settings.api_version:
            options["api_version"] = settings.api_version
        if settings.release is not None:
            options["release"] = settings.release
        found = check(spec, type_=TO_GRPC[settings.kind].type_, **options)
    except Unreadable as err:
        return ObjectOutcome(report, f"{element.label}: {err}", garbled=True)
    except FieldError as err:
        row = FindingRow("error", err.path, err.reason, "json", "wrong-type", "", "", 0, 0)
        return ObjectOutcome(report._replace(rows=(row,)))
    if not found:
        return ObjectOutcome(report)
    from swarmwire.cli.checking.locate import Locator, TextPlace  # noqa: PLC0415 - only findings

    locator = Locator(element.raw, TextPlace(element.line, element.column))
    return ObjectOutcome(
        report._replace(rows=tuple(_row(finding, prefix, locator) for finding in found))
    )


def _row(finding: Any, prefix: str, locator: "Locator") -> FindingRow:
    path = ".".join(filter(None, (prefix, finding.path)))
    place = locator.place(path)
    return FindingRow(
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
