"""How long the parts of a swarm take: medians of real engines on two cores."""

from typing import Final

import msgspec

from swarmwire.embedded.states import MILLISECOND, SECOND


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """Durations in nanoseconds.

    Attributes:
        assign: a node is told of its tasks so long after the first change.
        report: reports of nodes reach the store in batches so far apart.
        prepare: a container is made, once its image is there.
        look_up: an image is looked for in vain.
        start: a container is started.
        exited: a node notices that a container has ended.
        stop: a node has stopped a container, beside what its program takes.
        leave_networks: the same for a task with networks, in addition.
        grace: a program that ignores the signal is killed after it, unless the spec says otherwise.
        heartbeat: a node is down once so much time has passed since its last sign.
        register: a started node is ready after it.
        lead: a started manager leads after it.
        elect: other managers have a new leader after it.
        demote: a manager becomes a worker after it.
        orphan: tasks of a node that is down are given up after it.
        unsteady: how much the time varies that nodes take to make and to start containers: the
            standard deviation of its logarithm; no duration. 0 makes them always the same.
    """

    assign: int = 100 * MILLISECOND
    report: int = 100 * MILLISECOND
    prepare: int = 70 * MILLISECOND
    look_up: int = 30 * MILLISECOND
    start: int = 250 * MILLISECOND
    exited: int = 60 * MILLISECOND
    stop: int = 1150 * MILLISECOND
    leave_networks: int = 2200 * MILLISECOND
    grace: int = 10 * SECOND
    heartbeat: int = 15 * SECOND
    register: int = 900 * MILLISECOND
    lead: int = 600 * MILLISECOND
    elect: int = 3 * SECOND
    demote: int = 500 * MILLISECOND
    orphan: int = 24 * 3600 * SECOND
    unsteady: float = 0.35


MEASURED: Final = Timing()
