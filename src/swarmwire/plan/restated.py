"""Restarts that nobody wanted: the same thing written in another way."""

from collections.abc import Iterator
from typing import Any, Final

from swarmwire.plan.trap import PlannedUpdate, Trap
from swarmwire.rules import with_defaults
from swarmwire.spec import FieldDifference, field_differences

_NOT_THE_SAME: Final = frozenset({"TaskSpec.log_driver", "ContainerSpec.init"})
"""Fields that mean something else when they are empty than when they are absent."""


def habit_traps(update: PlannedUpdate) -> Iterator[Trap]:
    """What tools write another way than it is stored, without meaning anything by it."""
    restarting = [
        each
        for each, difference in zip(update.found, update.differences, strict=True)
        if difference.effect == "restarts"
    ]
    if update.forecast.job:
        return
    yield from _environment(update, restarting)
    yield from _ports(restarting)
    filled = _filled_in(update, restarting)
    yield from _defaults(update, filled)
    for each in restarting:
        if each.path not in filled:
            yield from _presence(each)


def _environment(update: PlannedUpdate, restarting: list[FieldDifference]) -> Iterator[Trap]:
    for each in restarting:
        if each.key == "ContainerSpec.env" and each.operation == "reordered":
            env = list(update.new.task.container.env)
            habit = "docker stack deploy sorts variables. " if env == sorted(env) else ""
            text = f"{habit}The order of variables counts: another one restarts all tasks."
            yield Trap(code="stack-env-order" if habit else "order", path=each.path, text=text)
        elif each.operation == "reordered" and each.key != "EndpointSpec.ports":
            text = "The order counts: another one restarts all tasks."
            yield Trap(code="order", path=each.path, text=text)


def _ports(restarting: list[FieldDifference]) -> Iterator[Trap]:
    for each in restarting:
        if each.key == "EndpointSpec.ports" and each.operation == "reordered":
            text = (
                "The same ports in another order restart all tasks, now and again at every later"
                " update, whatever it changes: a manager does not store the new order with its"
                " tasks. Send the ports in the order in which they are stored."
            )
            yield Trap(code="ports-reordered", path=each.path, text=text)


def _filled_in(update: PlannedUpdate, restarting: list[FieldDifference]) -> frozenset[str]:
    """The paths of the changes that fill in a manager's defaults."""
    filled = {
        (each.path, repr(each.new))
        for each in field_differences(update.old, with_defaults(update.old))
    }
    return frozenset(each.path for each in restarting if (each.path, repr(each.new)) in filled)


def _defaults(update: PlannedUpdate, filled: frozenset[str]) -> Iterator[Trap]:
    if not filled:
        return
    paths = [each.path for each in update.found if each.path in filled]
    origin = "a default is spelled out where there was nothing"
    if len(paths) > 1:
        origin = "it looks like a spec that was read with its defaults filled in"
    text = (
        f"The new spec means the same there, but {origin}. That restarts all tasks."
        f" Leave out: {', '.join(paths)}."
    )
    yield Trap(code="defaults-filled-in", path=paths[0], text=text)


def _presence(each: FieldDifference) -> Iterator[Trap]:
    if each.key in _NOT_THE_SAME or each.operation not in ("added", "removed"):
        return
    value = each.new if each.operation == "added" else each.old
    if not _says_nothing(each.key, value):
        return
    there, then = ("nothing", "an empty object")[:: 1 if each.operation == "added" else -1]
    habit = ""
    if each.key == "ContainerSpec.privileges" and each.operation == "added":
        habit = " docker stack deploy always sends it, docker service create never does."
    text = f"It means the same, but {there} is stored and {then} sent: that restarts all tasks."
    yield Trap(
        code="stack-privileges" if habit else "same-meaning", path=each.path, text=text + habit
    )


def _says_nothing(key: str, value: Any) -> bool:
    """Whether an object means the same as none."""
    if key == "TaskSpec.restart" and value == {"Condition": "any"}:
        return True
    return isinstance(value, dict) and all(_says_nothing("", inner) for inner in value.values())
