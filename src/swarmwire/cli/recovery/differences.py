"""``recover --diff``: a store against another one, or against a live manager."""

import asyncio
import os
import stat
from dataclasses import replace
from typing import Any, Final, NamedTuple

import click
import msgspec

from swarmwire import raftstore
from swarmwire.cli import exits, writing
from swarmwire.cli.messages import warn
from swarmwire.cli.options import Where
from swarmwire.cli.progress import Bar
from swarmwire.cli.recovery.differences_text import Side, counted, detailed, notes, verdict
from swarmwire.cli.terminal import wants_color
from swarmwire.cli.writing import as_json
from swarmwire.errors import StoreError, SwarmwireError
from swarmwire.storediff import Comparison, Untold, compare

EQUAL: Final = exits.CLEAN
DIFFERENT: Final = 1
LIVE: Final = "live"
"""The word for the manager of this machine."""
_SCHEME: Final = "unix://"
_NO_MANAGER: Final = (
    "no Docker manager on this machine: run it on a manager, or name a manager's socket,"
    " --diff unix:///run/docker/swarm/control.sock"
)


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


class _Other(NamedTuple):
    """A store to compare with, what it does not tell, and where it is from."""

    store: raftstore.Store
    untold: Untold
    side: Side


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
    other = _other(run)
    found = compare(
        here.store, other.store, untold=other.untold, tasks=run.tasks, hide_env=run.hide_env
    )
    sides = _side(place, here), other.side
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
    writing.write(verdict(found, here, there, color=color), line=False)
    if found.counts:
        writing.write_table(counted(found))
    for text in (detailed(found, color=color), notes(found, here, there)):
        if text:
            writing.write(f"\n{text}", line=False)


def _other(run: DiffRun) -> _Other:
    """The other side.

    Raises:
        Stop: it cannot be read.
    """
    if run.other == LIVE:
        return _ask_manager(None, run.timeout)
    if run.other.startswith(_SCHEME) or _is_socket(run.other):
        return _ask_manager(run.other.removeprefix(_SCHEME), run.timeout)
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
    return _Other(recovery.store, Untold(), _side(run.other, recovery))


def _ask_manager(socket: str | None, timeout: float) -> _Other:
    """All that the manager has; ``socket`` is its own, or that of this machine if None.

    Raises:
        Stop: it cannot be reached, or says no; with the code of what cannot be read.
    """
    try:
        return asyncio.run(_asked(Where(socket=socket, timeout=timeout)))
    except ModuleNotFoundError as err:
        raise exits.without_extra(err, "asking a live manager") from err
    except SwarmwireError as err:
        raise exits.Stop(exits.UNREADABLE, _reason(err)) from err


def _reason(err: SwarmwireError) -> str:
    """What the manager says; where none is found, nothing of options that others have."""
    from swarmwire.control import NotAManager  # noqa: PLC0415 - needs grpcio

    return _NO_MANAGER if isinstance(err, NotAManager) and not err.address else str(err)


async def _asked(where: Where) -> _Other:
    from swarmwire.cli.live import connection  # noqa: PLC0415 - needs grpcio
    from swarmwire.storediff.live import store_of_manager  # noqa: PLC0415 - see above

    # with credentials: they are compared, never shown
    async with connection.opened(where, secrets=True) as manager:
        store, untold = await store_of_manager(manager)
    place = f"the manager at {where.socket}" if where.socket else "the manager of this machine"
    return _Other(store, untold, Side(place))


def _side(place: str, recovery: raftstore.Recovery) -> Side:
    return Side(place, recovery.position.index, recovery.is_whole)


def _is_socket(path: str) -> bool:
    try:
        return stat.S_ISSOCK(os.stat(path).st_mode)  # noqa: PTH116 - any text, even with zeros in it
    except (OSError, ValueError):
        return False
