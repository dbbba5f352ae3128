"""Findings as text for people, as JSON and as SARIF. Pure: no I/O, no clock.

Each renderer gives text piece by piece, so that reports of any length need no memory.
"""

import json
from collections.abc import Iterable
from typing import Any, Final, NamedTuple, Protocol
from urllib.parse import quote

from swarmwire.cli.line import one_line

SEVERITIES: Final = ("error", "lost", "changed", "hint")

_STYLES = {"error": "1;31", "lost": "35", "changed": "33", "hint": "36"}
_MEANINGS = {
    "error": "refused",
    "lost": "accepted and not stored",
    "changed": "stored as something else",
    "hint": "worth a look",
}
_LEVELS = {"error": "error", "lost": "warning", "changed": "warning", "hint": "note"}
_SARIF = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


class Row(NamedTuple):
    """One finding, and its place in the file."""

    severity: str
    path: str
    rule: str
    source: str
    code: str
    value: str
    fix: str
    line: int
    column: int


class Report(NamedTuple):
    """All findings of one object."""

    file: str
    number: int
    in_list: bool
    name: str
    line: int
    rows: tuple[Row, ...]


class Renderer(Protocol):
    """What all renderers can do."""

    def add(self, report: Report) -> str:
        """The text for one more object."""

    def end(self) -> str:
        """The text after the last object."""


class Counts:
    """How many objects there were, and how many findings of each severity."""

    def __init__(self) -> None:
        self.objects = 0
        self.clean = 0
        self.found = dict.fromkeys(SEVERITIES, 0)

    def add(self, report: Report) -> None:
        """Count one object."""
        self.objects += 1
        self.clean += not report.rows
        for row in report.rows:
            self.found[row.severity] += 1

    def reach(self, severity: str) -> bool:
        """Whether there is a finding of ``severity`` or worse."""
        worse = SEVERITIES[: SEVERITIES.index(severity) + 1]
        return any(self.found[each] for each in worse)


class Table:
    """For people: a block per object with findings, and a summary line."""

    def __init__(self, *, color: bool = False) -> None:
        self._color = color
        self._counts = Counts()

    def add(self, report: Report) -> str:
        """See ``Renderer``."""
        self._counts.add(report)
        if not report.rows:
            return ""
        head = one_line(report.file)
        if report.in_list or report.number > 1:
            head += f": object {report.number}"
        if report.name:
            head += f" ({report.name})"
        blocks = [self._styled("1", head)]
        blocks += [self._row(row) for row in sorted(report.rows, key=_rank)]
        return "\n".join(blocks) + "\n\n"

    def _row(self, row: Row) -> str:
        where = row.path or "(the whole object)"
        line = self._styled("2", f"  line {row.line}") if row.line else ""
        severity = self._styled(_STYLES[row.severity], f"{row.severity:<8}")
        lines = [f"  {severity} {one_line(where)}{line}"]
        lines.append(f"           {one_line(row.rule)}")
        if row.value:
            lines.append(f"           value: {one_line(row.value)}")
        if row.fix:
            lines.append(f"           fix: {one_line(row.fix)}")
        lines.append(self._styled("2", f"           {row.source}, {row.code}"))
        return "\n".join(lines)

    def end(self) -> str:
        """See ``Renderer``."""
        counts = self._counts
        what = "1 object" if counts.objects == 1 else f"{counts.objects} objects"
        if counts.clean == counts.objects:
            return self._styled("32", f"{what} checked, nothing found") + "\n"
        parts = [
            self._styled(_STYLES[severity], f"{number} {severity}") + f" ({_MEANINGS[severity]})"
            for severity, number in counts.found.items()
            if number
        ]
        return f"{what} checked, {counts.clean} clean: {', '.join(parts)}\n"

    def _styled(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._color else text


def _rank(row: Row) -> int:
    return SEVERITIES.index(row.severity)


class JSONReport:
    """For programs: one object with all findings and the counts."""

    def __init__(self) -> None:
        self._counts = Counts()
        self._before = '{"findings":['

    def add(self, report: Report) -> str:
        """See ``Renderer``."""
        self._counts.add(report)
        pieces = []
        for row in report.rows:
            item = {"file": report.file, "object": report.number, "name": report.name}
            pieces.append(self._before + "\n" + _dumped(item | row._asdict()))
            self._before = ","
        return "".join(pieces)

    def end(self) -> str:
        """See ``Renderer``."""
        counts = self._counts
        summary = {"objects": counts.objects, "clean": counts.clean, **counts.found}
        start = "" if self._before == "," else self._before
        return f'{start}\n],"summary":{_dumped(summary)}}}\n'


class SARIF:
    """For code scanning: SARIF 2.1.0. The rules come after the results, when all are known."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._rules: dict[str, dict[str, Any]] = {}
        self._before = (
            f'{{"$schema":{_dumped(_SARIF)},"version":"2.1.0",'
            '"runs":[{"columnKind":"unicodeCodePoints","results":['
        )

    def add(self, report: Report) -> str:
        """See ``Renderer``."""
        pieces = []
        for row in report.rows:
            pieces.append(self._before + "\n" + _dumped(self._result(report, row)))
            self._before = ","
        return "".join(pieces)

    def _result(self, report: Report, row: Row) -> dict[str, Any]:
        rule = self._rules.setdefault(row.code, _rule(row, len(self._rules)))
        text = f"{row.path}: {one_line(row.rule)}" if row.path else one_line(row.rule)
        if row.fix:
            text += f" (fix: {one_line(row.fix)})"
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(report.file)}}
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


def _rule(row: Row, index: int) -> dict[str, Any]:
    return {
        "id": row.code,
        "shortDescription": {"text": row.code.replace("-", " ")},
        "defaultConfiguration": {"level": _LEVELS[row.severity]},
        "properties": {"index": index, "source": row.source},
    }


def _uri(file: str) -> str:
    if file.startswith("<"):
        return "stdin"
    path = quote(file, safe="/", errors="surrogateescape")
    return f"file://{path}" if path.startswith("/") else path


def _dumped(value: Any) -> str:
    # Escaped to ASCII, so that names which are not UTF-8 cannot break the output.
    return json.dumps(value, separators=(",", ":"))


def text_of(renderer: Renderer, reports: Iterable[Report]) -> str:
    """All of it at once."""
    return "".join([*(renderer.add(report) for report in reports), renderer.end()])
