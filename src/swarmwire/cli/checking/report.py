"""Findings as text for people, as JSON and as SARIF. Pure: no I/O, no clock.

Each renderer gives text piece by piece, so that reports of any length need no memory.
"""

import json
import sys
from collections.abc import Iterable
from typing import Any, Final, NamedTuple, Protocol

from swarmwire.cli.terminal import Painter, one_line, unpainted, wrapped

SEVERITIES: Final = ("error", "lost", "changed", "hint")

_STYLES = {"error": "1;31", "lost": "35", "changed": "33", "hint": "36"}
_MEANINGS = {
    "error": "refused",
    "lost": "accepted and not stored",
    "changed": "stored as something else",
    "hint": "worth a look",
}
_INDENT = " " * 11
_LEVELS = {"error": "error", "lost": "warning", "changed": "warning", "hint": "note"}
_SARIF = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


class FindingRow(NamedTuple):
    """One finding, and its place in the file: ``file`` is for objects of several files."""

    severity: str
    path: str
    rule: str
    source: str
    code: str
    value: str
    fix: str
    line: int
    column: int
    file: str = ""


class ObjectReport(NamedTuple):
    """All findings of one object."""

    file: str
    number: int
    in_list: bool
    name: str
    line: int
    rows: tuple[FindingRow, ...]
    is_stack: bool = False


class Renderer(Protocol):
    """What all renderers can do."""

    def add(self, report: ObjectReport) -> str:
        """The text for one more object."""

    def end(self) -> str:
        """The text after the last object."""


class FindingCounts:
    """How many objects there were, and how many findings of each severity."""

    def __init__(self) -> None:
        self.objects = 0
        self.stacks = 0
        self.clean = 0
        self.found = dict.fromkeys(SEVERITIES, 0)

    def add(self, report: ObjectReport) -> None:
        """Count one object."""
        self.objects += 1
        self.stacks += report.is_stack
        self.clean += not report.rows
        for row in report.rows:
            self.found[row.severity] += 1

    def what(self) -> str:
        """How many of what there were."""
        word = "stack" if self.stacks and self.stacks == self.objects else "object"
        return f"1 {word}" if self.objects == 1 else f"{self.objects} {word}s"

    def reach(self, severity: str) -> bool:
        """Whether there is a finding of ``severity`` or worse."""
        worse = SEVERITIES[: SEVERITIES.index(severity) + 1]
        return any(self.found[each] for each in worse)


class TextReport:
    """For people: a block per object with findings, and a summary line; wrapped at ``columns``."""

    def __init__(self, *, color: bool = False, columns: int = sys.maxsize) -> None:
        self._columns = columns
        self._paint = Painter(color=color)
        self._counts = FindingCounts()

    def add(self, report: ObjectReport) -> str:
        """See ``Renderer``."""
        self._counts.add(report)
        if not report.rows:
            return ""
        head = one_line(report.file)
        if report.in_list or report.number > 1:
            head += f": object {report.number}"
        if report.name:
            head += f" ({report.name})"
        blocks = [self._paint("1", head)]
        blocks += [self._row(row, report.file) for row in sorted(report.rows, key=_rank)]
        return "\n".join(blocks) + "\n\n"

    def _row(self, row: FindingRow, file: str) -> str:
        where = row.path or ("(the whole file)" if row.file else "(the whole object)")
        other = f"{one_line(row.file)} " if row.file not in ("", file) else ""
        line = self._paint("2", f"  {other}line {row.line}") if row.line else ""
        severity = self._paint(_STYLES[row.severity], f"{row.severity:<8}")
        lines = [f"  {severity} {one_line(where)}{line}"]
        lines += wrapped(row.rule, _INDENT, columns=self._columns)
        if row.value:
            lines.append(f"{_INDENT}value: {one_line(row.value)}")
        if row.fix:
            lines += wrapped(f"fix: {row.fix}", _INDENT, columns=self._columns)
        lines.append(self._paint("2", f"{_INDENT}{row.source}, {row.code}"))
        return "\n".join(lines)

    def end(self) -> str:
        """See ``Renderer``."""
        counts = self._counts
        what = counts.what()
        if counts.clean == counts.objects:
            return self._paint("32", f"{what} checked, nothing found") + "\n"
        parts = [
            self._paint(_STYLES[severity], f"{number} {severity}") + f" ({_MEANINGS[severity]})"
            for severity, number in counts.found.items()
            if number
        ]
        return self._joined(f"{what} checked, {counts.clean} clean:", parts)

    def _joined(self, head: str, parts: list[str]) -> str:
        """The parts in a row, on as many lines as they need."""
        lines = [head]
        for number, part in enumerate(parts):
            piece = part if number == len(parts) - 1 else f"{part},"
            if len(unpainted(f"{lines[-1]} {piece}")) > self._columns:
                lines.append(f"  {piece}")
            else:
                lines[-1] += f" {piece}"
        return "\n".join(lines) + "\n"


def _rank(row: FindingRow) -> int:
    return SEVERITIES.index(row.severity)


class JSONReport:
    """For programs: one object with all findings and the counts."""

    def __init__(self) -> None:
        self._counts = FindingCounts()
        self._before = '{"findings":['

    def add(self, report: ObjectReport) -> str:
        """See ``Renderer``."""
        self._counts.add(report)
        pieces = []
        for row in report.rows:
            item = {"file": report.file, "object": report.number, "name": report.name}
            item |= row._asdict() | {"file": row.file or report.file}
            pieces.append(self._before + "\n" + _dumped(item))
            self._before = ","
        return "".join(pieces)

    def end(self) -> str:
        """See ``Renderer``."""
        counts = self._counts
        summary = {"objects": counts.objects, "clean": counts.clean, **counts.found}
        start = "" if self._before == "," else self._before
        return f'{start}\n],"summary":{_dumped(summary)}}}\n'


class SARIFReport:
    """For code scanning: SARIF 2.1.0. The rules come after the results, when all are known."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._rules: dict[str, dict[str, Any]] = {}
        self._before = (
            f'{{"$schema":{_dumped(_SARIF)},"version":"2.1.0",'
            '"runs":[{"columnKind":"unicodeCodePoints","results":['
        )

    def add(self, report: ObjectReport) -> str:
        """See ``Renderer``."""
        pieces = []
        for row in report.rows:
            pieces.append(self._before + "\n" + _dumped(self._result(report, row)))
            self._before = ","
        return "".join(pieces)

    def _result(self, report: ObjectReport, row: FindingRow) -> dict[str, Any]:
        rule = self._rules.setdefault(row.code, _rule(row, len(self._rules)))
        text = f"{row.path}: {one_line(row.rule)}" if row.path else one_line(row.rule)
        if row.fix:
            text += f" (fix: {one_line(row.fix)})"
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(row.file or report.file)}}
        if row.line:
            physical["region"] = {"startLine": row.line, "startColumn": row.column}
        location: dict[str, Any] = {"physicalLocation": physical}
        if row.path:
            name = f"{report.name}:{row.path}" if report.name else row.path
            location["logicalLocations"] = [{"fullyQualifiedName": name}]
        return {
            "ruleId": row.code,
            "ruleIndex": rule["properties"]["index"],
            "level": _LEVELS[row.severity],
            "message": {"text": text},
            "locations": [location],
            "properties": {
                "severity": row.severity,
                "source": row.source,
                "object": report.number,
                "name": report.name,
                "value": row.value,
            },
        }

    def end(self) -> str:
        """See ``Renderer``."""
        driver = {
            "name": "swarmwire",
            "version": self._version,
            "rules": list(self._rules.values()),
        }
        start = "" if self._before == "," else self._before
        return f'{start}\n],"tool":{_dumped({"driver": driver})}}}]}}\n'


def _rule(row: FindingRow, index: int) -> dict[str, Any]:
    return {
        "id": row.code,
        "shortDescription": {"text": row.code.replace("-", " ")},
        "defaultConfiguration": {"level": _LEVELS[row.severity]},
        "properties": {"index": index, "source": row.source},
    }


def _uri(file: str) -> str:
    if file.startswith("<"):
        return "stdin"
    from urllib.parse import quote  # noqa: PLC0415 - only SARIF needs it

    path = quote(file, safe="/", errors="surrogateescape")
    return f"file://{path}" if path.startswith("/") else path


def _dumped(value: Any) -> str:
    # Escaped to ASCII, so that names which are not UTF-8 cannot break the output.
    return json.dumps(value, separators=(",", ":"))


class ReportSheet:
    """Reports one after the other, for ``pipeline.run``; counts what was found.

    Attributes:
        counts: what was found so far.
    """

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self.counts = FindingCounts()

    def add(self, report: ObjectReport) -> bytes:
        """The report on one more object."""
        self.counts.add(report)
        return self._renderer.add(report).encode("utf-8", "backslashreplace")

    def skip(self) -> bytes:
        """Nothing: the error tells of an object that could not be read."""
        return b""

    def end(self) -> bytes:
        """The summary."""
        return self._renderer.end().encode()


def text_of(renderer: Renderer, reports: Iterable[ObjectReport]) -> str:
    """All of it at once."""
    return "".join([*(renderer.add(report) for report in reports), renderer.end()])
