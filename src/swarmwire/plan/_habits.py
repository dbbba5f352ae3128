"""Restarts that nobody wanted: the same thing written in another way."""

from collections.abc import Iterator
from typing import Any, Final

from swarmwire.plan._trap import Trap, Update
from swarmwire.plan._walk import Change, spec_changes
from swarmwire.rules import with_defaults

_NOT_THE_SAME: Final = frozenset({"TaskSpec.log_driver", "ContainerSpec.init"})
"""Fields that mean something else when they are empty than when they are absent."""


def habit_traps(update: Update) -> Iterator[Trap]:
    """What tools write another way than it is stored, without meaning anything by it."""
    restarting = [
        change
        for change, difference in zip(update.changes, update.differences, strict=True)
        if difference.effect == "restarts"
    ]
    if update.draft.job:
        return
    yield from _environment(update, restarting)
    yield from _ports(restarting)
    filled = _filled_in(update, restarting)
    yield from _defaults(update, filled)
    for change in restarting:
        if change.path not in filled:
            yield from _presence(change)


def _environment(update: Update, restarting: list[Change]) -> Iterator[Trap]:
    for change in restarting:
        if change.key == "ContainerSpec.env" and change.operation == "reordered":
            env = list(update.new.task.container.env)
            habit = "docker stack deploy sorts variables. " if env == sorted(env) else ""
            text = f"{habit}The order of variables counts: another one restarts all tasks."
            yield Trap(code="stack-env-order" if habit else "order", path=change.path, text=text)
        elif change.operation == "reordered" and change.key != "EndpointSpec.ports":
            text = "The order counts: another one restarts all tasks."
            yield Trap(code="order", path=change.path, text=text)


def _ports(restarting: list[Change]) -> Iterator[Trap]:
    for change in restarting:
        if change.key == "EndpointSpec.ports" and change.operation == "reordered":
            text = (
                "The same ports in another order restart all tasks, now and again at every later"
                " update, whatever it changes: a manager does not store the new order with its"
                " tasks. Send the ports in the order in which they are stored."
            )
            yield Trap(code="ports-reordered", path=change.path, text=text)


def _filled_in(update: Update, restarting: list[Change]) -> frozenset[str]:
    """The paths of the changes that fill in a manager's defaults."""
    filled = {
        (change.path, repr(change.new))
        for change in spec_changes(update.old, with_defaults(update.old))
    }
    return frozenset(
        change.path for change in restarting if (change.path, repr(change.new)) in filled
    )


def _defaults(update: Update, filled: frozenset[str]) -> Iterator[Trap]:
    if not filled:
        return
    paths = [change.path for change in update.changes if change.path in filled]
    origin = "a default is spelled out where there was nothing"
    if len(paths) > 1:
        origin = "it looks like a spec that was read with its defaults filled in"
    text = (
        f"The new spec means the same there, but {origin}. That restarts all tasks."
        f" Leave out: {', '.join(paths)}."
    )
    yield Trap(code="defaults-filled-in", path=paths[0], text=text)


def _presence(change: Change) -> Iterator[Trap]:
    if change.key in _NOT_THE_SAME or change.operation not in ("added", "removed"):
        return
    value = change.new if change.operation == "added" else change.old
    if not _says_nothing(change.key, value):
        return
    there, then = ("nothing", "an empty object")[:: 1 if change.operation == "added" else -1]
    habit = ""
    if change.key == "ContainerSpec.privileges" and change.operation == "added":
        habit = " docker stack deploy always sends it, docker service create never does."
    text = f"It means the same, but {there} is stored and {then} sent: that restarts all tasks."
    yield Trap(
        code="stack-privileges" if habit else "same-meaning", path=change.path, text=text + habit
    )


def _says_nothing(key: str, value: Any) -> bool:
    """Whether an object means the same as none."""
    if key == "TaskSpec.restart" and value == {"Condition": "any"}:
        return True
    return isinstance(value, dict) and all(_says_nothing("", inner) for inner in value.values())
