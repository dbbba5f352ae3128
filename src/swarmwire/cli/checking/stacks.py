"""What ``check`` does with a stack file. Runs in the process of the command or in a worker."""

from collections.abc import Mapping
from typing import NamedTuple

from swarmwire.cli.checking.report import FindingRow, ObjectReport
from swarmwire.cli.exits import Unreadable
from swarmwire.cli.pipeline import ObjectOutcome
from swarmwire.cli.reading.forms import is_stack_object, is_stack_text
from swarmwire.cli.reading.sources import STANDARD_INPUT
from swarmwire.cli.reading.stack_files import read_file, stack_input
from swarmwire.cli.reading.streams import Element
from swarmwire.releases import Release

_NAME = "stack"


class StackSettings(NamedTuple):
    """What the options say of stack files."""

    environment: Mapping[str, str]
    name: str | None = None
    more: tuple[str, ...] = ()
    """Files over the first."""
    is_given: bool = False
    """Whether the options say that the input is a stack file."""
    api_version: str = ""
    release: Release | None = None


def is_stack(settings: StackSettings, element: Element) -> bool:
    """Whether the object is a stack file."""
    if settings.is_given or is_stack_text(element.raw):
        return True
    is_alone = element.number == 1 and not element.in_list
    return is_alone and is_stack_object(element.raw)


def examine_stack(settings: StackSettings, element: Element) -> ObjectOutcome:
    """Check a stack file."""
    name = settings.name or ""
    report = ObjectReport(element.file, 1, False, name, 1, (), is_stack=True)
    first = "-" if element.file == STANDARD_INPUT else element.file
    try:
        given = stack_input((first, *settings.more), settings.environment, element.raw)
    except Unreadable as err:
        return ObjectOutcome(report, str(err), garbled=True)
    from swarmwire.check.stack import check_stack  # noqa: PLC0415 - only for stack files

    found = check_stack(
        given.files,
        environment=given.environment,
        read=read_file,
        directory=given.directory,
        name=_NAME if settings.name is None else settings.name,
        release=settings.release,
        api_version=settings.api_version,
    )
    rows = tuple(
        FindingRow(
            one.severity,
            one.path,
            one.rule,
            one.source,
            one.code,
            one.value,
            one.fix,
            one.line,
            one.column,
            one.file or element.file,
        )
        for one in found
    )
    return ObjectOutcome(report._replace(rows=rows))
