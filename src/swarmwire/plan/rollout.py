"""How an update is rolled out, and how long that takes at least.

Source: SwarmKit manager/orchestrator/update/updater.go, Run and worker.
"""

import struct
from math import isfinite
from typing import Final, Literal

import msgspec

from swarmwire import pb
from swarmwire.convert.enums import UPDATE_FAILURE_ACTION, UPDATE_ORDER
from swarmwire.convert.time import duration_from_grpc, is_valid_duration
from swarmwire.engine.float32 import normalised
from swarmwire.rules import default_service_spec

Source = Literal["UpdateConfig", "RollbackConfig", "defaults"]

_SECOND: Final = 1_000_000_000
_NEGATIVE: Final = 2**63
_FORMULA: Final = (
    "batches x delay + monitor: each worker waits for the delay after each slot, the last one too;"
    " then the monitor runs once, and one second longer than the delay if that is not shorter."
    " The time that tasks need to stop and start comes on top."
)


class Rollout(msgspec.Struct, frozen=True, kw_only=True):
    """How slots are updated one after another. Times are in nanoseconds.

    Attributes:
        source: where these settings stand; ``defaults`` where the spec has none.
        order: ``stop-first`` or ``start-first``.
        parallelism: how many slots at a time; 0 is all of them.
        slots: how many slots are updated; None if that is not known.
        batches: how many slots one worker updates one after another.
        delay: how long a worker waits after each slot.
        monitor: how long a new task is watched, and how long the manager waits at the end.
        failure_action: ``pause``, ``continue`` or ``rollback``.
        max_failure_ratio: the part of the slots that may fail before that action is taken.
        tolerated_failures: that part as a number of tasks; None if the action is ``continue``.
        minimum: how long it takes at least; None if it never ends or ``slots`` is not known.
        formula: how ``minimum`` comes about.
        on_failure: how the old spec comes back, if the action is ``rollback``. Its settings are
            those of the old spec.
    """

    source: Source
    order: str
    parallelism: int
    slots: int | None
    batches: int | None
    delay: int
    monitor: int
    failure_action: str
    max_failure_ratio: float
    tolerated_failures: int | None
    minimum: int | None
    formula: str = _FORMULA
    on_failure: "Rollout | None" = None


def rollout(
    old: pb.ServiceSpec, new: pb.ServiceSpec, slots: int | None, *, rollback: bool = False
) -> Rollout:
    """How ``slots`` slots of a service get from ``old`` to ``new``.

    ``rollback`` is a rollback to ``new``: ``RollbackConfig`` of ``new`` is in force.
    """
    if rollback:
        return _rollout(new, "RollbackConfig", slots)
    out = _rollout(new, "UpdateConfig", slots)
    if out.failure_action == "rollback":
        back = _rollout(old, "RollbackConfig", None)
        out = msgspec.structs.replace(out, on_failure=back)
    return out


def _rollout(
    spec: pb.ServiceSpec, source: Literal["UpdateConfig", "RollbackConfig"], slots: int | None
) -> Rollout:
    field: Literal["update", "rollback"] = "update" if source == "UpdateConfig" else "rollback"
    given = spec.HasField(field)
    config: pb.UpdateConfig = getattr(spec if given else default_service_spec(), field)
    delay = duration_from_grpc(config.delay)
    monitor = _monitor(config, delay)
    batches = _batches(config.parallelism, slots)
    action = UPDATE_FAILURE_ACTION.word.get(config.failure_action, "continue")
    ratio = config.max_failure_ratio
    return Rollout(
        source=source if given else "defaults",
        order=UPDATE_ORDER.word.get(config.order, "stop-first"),
        parallelism=config.parallelism,
        slots=slots,
        batches=batches,
        delay=delay,
        monitor=monitor,
        failure_action=action,
        max_failure_ratio=float(normalised(ratio)) if isfinite(ratio) else 1.0,
        tolerated_failures=None if action == "continue" else _tolerated(ratio, slots),
        minimum=None if batches is None else batches * delay + monitor,
    )


def _monitor(config: pb.UpdateConfig, delay: int) -> int:
    """The monitor in force: an unreadable one is the default, a short one outlasts the delay."""
    monitor = 5 * _SECOND
    written = config.monitor
    if config.HasField("monitor") and is_valid_duration(written.seconds, written.nanos):
        monitor = duration_from_grpc(written)
    return delay + _SECOND if delay >= monitor else monitor


def _batches(parallelism: int, slots: int | None) -> int | None:
    if slots is None or parallelism >= _NEGATIVE:
        return None
    return -(-slots // parallelism) if parallelism else min(slots, 1)


def _tolerated(ratio: float, slots: int | None) -> int | None:
    """The most failures of which the part is not above the ratio, in 32-bit floats."""
    if not slots:
        return slots
    fewest, most = 0, slots
    while fewest < most:
        middle = (fewest + most + 1) // 2
        if _float32(middle / slots) > ratio:
            most = middle - 1
        else:
            fewest = middle
    return fewest


def _float32(number: float) -> float:
    cut: float = struct.unpack("f", struct.pack("f", number))[0]
    return cut
