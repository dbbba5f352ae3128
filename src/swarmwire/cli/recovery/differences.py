"""``recover --diff``: a store against another one, or against a live manager."""

import os
import stat
from dataclasses import replace
from typing import Any, Final, NamedTuple

import click
import msgspec

from swarmwire import raftstore
from swarmwire.cli import exits
from swarmwire.cli.live import output
from swarmwire.cli.planning.report import as_json, wants_color, warn
from swarmwire.cli.recovery.differences_live import LIVE, Told, ask_manager
from swarmwire.cli.recovery.differences_text import Side, counted, detailed, notes, verdict
from swarmwire.cli.recovery.progress import Bar
from swarmwire.errors import StoreError
from swarmwire.storediff import Comparison, Untold, compare

EQUAL: Final = exits.CLEAN
DIFFERENT: Final = 1
_SCHEME: Final = "unix://"


class DiffRun(NamedTuple):
    """What to compare with, and how.

    Attributes:
        other: a folder, a tar, a unix socket, or ``live``: the manager of this machine.
        options: how to read a folder or a tar; what they say of the index and the time to stop at
            is about the first store only.
        tasks: whether to compare tasks too, and not only count them.
        hide_env: whether to hide the value of every environment variable.
        format: ``table`` for people, ``json`` for programs.
        timeout: how long a manager may take to answer, in seconds.
    """

    other: str
    options: raftstore.Options
    tasks: bool = False
    hide_env: bool = False
    format: str = "table"
    timeout: float = 20.0


def run_diff(here: raftstore.Recovery, place: str, run: DiffRun) -> int:
    """Print what differs between a store and another one; the exit code.

    Args:
        here: the first store.
        place: where it was read from, for people.
        run: what to compare it with.

    Returns:
        0 if they are equal, 1 if something differs.

    Raises:
        Stop: with code 2: the other one cannot be read.
    """
    warn(f"{place}: {finding.reason}" for finding in here.findings)
    told = _told(run)
    found = compare(
        here.store, told.store, untold=told.untold, tasks=run.tasks, hide_env=run.hide_env
    )
    sides = _side(place, here), told.side
    if run.format == "json":
        click.echo(as_json(document(found, *sides)))
    else:
        _print(found, *sides)
    return EQUAL if found.is_equal else DIFFERENT


def document(found: Comparison, here: Side, there: Side) -> dict[str, Any]:
    """The comparison as JSON has it."""
    sides: dict[str, Any] = msgspec.to_builtins({"here": here, "there": there})
    return {"equal": found.is_equal, **sides, **msgspec.to_builtins(found)}


def _print(found: Comparison, here: Side, there: Side) -> None:
    color = wants_color()
    output.write(verdict(found, here, there, color=color), line=False)
    if found.counts:
        output.write_table(counted(found))
    for text in (detailed(found, color=color), notes(found, here, there)):
        if text:
            output.write(f"\n{text}", line=False)


def _told(run: DiffRun) -> Told:
    """The other side.

    Raises:
        Stop: it cannot be read.
    """
    if run.other == LIVE:
        return ask_manager(None, run.timeout)
    if run.other.startswith(_SCHEME) or _is_socket(run.other):
        return ask_manager(run.other.removeprefix(_SCHEME), run.timeout)
    options = replace(run.options, at=None, until=None, deleted=False)
    try:
        with Bar("reading the other one") as bar:
            recovery = raftstore.read(run.other, options, bar)
    except StoreError as err:
        text = str(err) if str(err).startswith(run.other) else f"{run.other}: {err}"
        raise exits.Stop(exits.UNREADABLE, text) from err
    except ValueError as err:  # a name with a zero in it
        raise exits.Stop(exits.UNREADABLE, f"{run.other}: not the name of a file") from err
    warn(f"{run.other}: {finding.reason}" for finding in recovery.findings)
    return Told(recovery.store, Untold(), _side(run.other, recovery))


def _side(place: str, recovery: raftstore.Recovery) -> Side:
    return Side(place, recovery.position.index, recovery.is_whole)


def _is_socket(path: str) -> bool:
    try:
        return stat.S_ISSOCK(os.stat(path).st_mode)  # noqa: PTH116 - any text, even with zeros in it
    except (OSError, ValueError):
        return False
