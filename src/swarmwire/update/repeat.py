"""Ask a manager until it answers, and change it once, though it may go away in between."""

import random
from collections.abc import Awaitable, Callable
from typing import Final, Generic, NamedTuple, TypeVar

from swarmwire.control import (
    AlreadyExists,
    NoLeader,
    NotLeader,
    OutOfDate,
    TransportError,
    Unavailable,
)
from swarmwire.errors import SwarmwireError
from swarmwire.update.clock import REAL_TIME, Clock

_Result = TypeVar("_Result")

AWAY: Final[tuple[type[SwarmwireError], ...]] = (TransportError, Unavailable, NoLeader, NotLeader)
"""What is heard of a manager that stops, starts, or has no leader."""

PAUSE: Final = 0.5
"""Seconds between two attempts."""

ATTEMPTS: Final = 60
"""So often a change is tried while others change the same object."""


class Created(NamedTuple, Generic[_Result]):
    """What is there now.

    Attributes:
        found: the object.
        is_ours: whether this very request made it; None if its answer was lost, and something of
            that name is there since.
    """

    found: _Result
    is_ours: bool | None


async def until_answered(
    ask: Callable[[], Awaitable[_Result]], *, clock: Clock = REAL_TIME, until: float | None = None
) -> _Result:
    """Ask until the manager answers. ``ask`` must be harmless to repeat.

    Args:
        ask: the question.
        clock: its patience is how long the manager may be away.
        until: when to give up, by that clock, in place of its patience.

    Raises:
        SwarmwireError: what was heard last of a manager that stays away, or any other error.
    """
    end = clock.now() + clock.patience if until is None else until
    while True:
        try:
            return await ask()
        except AWAY:
            if clock.now() > end:
                raise
        await clock.sleep(PAUSE)


async def create_once(
    create: Callable[[], Awaitable[_Result]],
    find: Callable[[], Awaitable[_Result | None]],
    *,
    clock: Clock = REAL_TIME,
) -> Created[_Result]:
    """Create an object, unless its name is taken.

    Names are taken once in a swarm, so that asking again makes no second object.

    Args:
        create: sends the request.
        find: looks for the object of that name.
        clock: its patience is how long the manager may be away.

    Raises:
        SwarmwireError: the manager refuses it, or stays away.
    """
    until = clock.now() + clock.patience
    is_lost = False
    while True:
        try:
            return Created(await create(), is_ours=True)
        except AlreadyExists:
            found = await until_answered(find, clock=clock, until=until)
            if found is None and clock.now() > until:
                raise
        except AWAY:
            if clock.now() > until:
                raise
            is_lost = True
            found = await until_answered(find, clock=clock, until=until)
        if found is not None:
            return Created(found, is_ours=None if is_lost else False)
        await clock.sleep(PAUSE)


async def change_in_sequence(
    change: Callable[[], Awaitable[_Result]], *, clock: Clock = REAL_TIME
) -> _Result:
    """Read an object and write it back, again each time that somebody else writes in between.

    Args:
        change: does both; what it changes must be harmless to repeat.
        clock: its patience is how long the manager may be away.

    Raises:
        OutOfDate: somebody else was always first.
        SwarmwireError: the manager refuses it, or stays away.
    """
    until = clock.now() + clock.patience
    for _ in range(ATTEMPTS - 1):
        try:
            return await until_answered(change, clock=clock, until=until)
        except OutOfDate:
            await out_of_step(clock)
    return await until_answered(change, clock=clock, until=until)


async def out_of_step(clock: Clock) -> None:
    """Wait a little, and not as long as the others that were late too."""
    await clock.sleep(random.uniform(0, PAUSE))  # noqa: S311 - chance, not a secret
