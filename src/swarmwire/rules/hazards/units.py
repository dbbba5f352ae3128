"""Hints at numbers that look as if they were meant in another unit.

The Engine API counts durations in nanoseconds, and JSON writes file modes in decimal. Nobody
refuses a delay of 10 nanoseconds or the mode 444, which is 0674.
"""

from collections.abc import Iterator
from typing import Final

from swarmwire import pb
from swarmwire.rules._problems import Hazard, Hazards
from swarmwire.rules.duration import MILLISECOND, SECOND

Steps = tuple[str | int, ...]

_THOUSAND: Final = 1000
_TMPFS: Final = pb.Mount.TMPFS
_LIKE_OCTAL: Final = frozenset(
    {
        *(400, 440, 444, 500, 550, 555, 600, 640, 644, 660, 664, 666, 700, 750, 755, 770, 775),
        *(777, 1777),
    }
)
"""Modes that are common when they are read as octal, and odd as they stand."""


def unit_hazards(spec: pb.ServiceSpec) -> Hazards:
    """Durations far below a millisecond, and modes that look octal."""
    task = spec.task
    container = task.container
    if task.HasField("restart"):
        restart = task.restart
        yield from _duration(restart.delay, "TaskTemplate", "RestartPolicy", "Delay")
        yield from _duration(restart.window, "TaskTemplate", "RestartPolicy", "Window")
    yield from _duration(
        container.stop_grace_period, "TaskTemplate", "ContainerSpec", "StopGracePeriod"
    )
    if spec.HasField("update"):
        yield from _duration(spec.update.delay, "UpdateConfig", "Delay")
        yield from _duration(spec.update.monitor, "UpdateConfig", "Monitor")
    if spec.HasField("rollback"):
        yield from _duration(spec.rollback.delay, "RollbackConfig", "Delay")
        yield from _duration(spec.rollback.monitor, "RollbackConfig", "Monitor")
    for steps, mode in _modes(container):
        yield from _mode(mode, "TaskTemplate", "ContainerSpec", *steps)


def _duration(duration: pb.Duration, *steps: str) -> tuple[Hazard, ...]:
    length = duration.nanos
    if not 0 < length < MILLISECOND or duration.seconds:
        return ()
    # 30 was meant in seconds, 30000 in milliseconds
    meant, unit = (length, "s") if length < _THOUSAND else (length, "ms")
    written = length * (SECOND if unit == "s" else MILLISECOND)
    if unit == "ms" and not meant % _THOUSAND:
        meant, unit = meant // _THOUSAND, "s"
    reason = f"durations are in nanoseconds: {length} is {_shown(length)}"
    fix = f"did you mean {meant}{unit}, which is {written}?"
    return (Hazard(steps, reason, "manager", fix, "hint"),)


def _mode(mode: int, *steps: str | int) -> tuple[Hazard, ...]:
    if mode not in _LIKE_OCTAL:
        return ()
    meant = f"0{mode}" if mode < _THOUSAND else str(mode)
    reason = f"{mode} is decimal, and 0{mode:o} in octal, as modes are written elsewhere"
    fix = f"did you mean {int(str(mode), 8)}, which is {meant} in octal?"
    return (Hazard(steps, reason, "worker", fix, "hint"),)


def _shown(length: int) -> str:
    return f"{length} ns" if length < _THOUSAND else f"{length / _THOUSAND:g} µs"


def _modes(container: pb.ContainerSpec) -> Iterator[tuple[Steps, int]]:
    for index, secret in enumerate(container.secrets):
        yield ("Secrets", index, "File", "Mode"), secret.file.mode
    for index, config in enumerate(container.configs):
        yield ("Configs", index, "File", "Mode"), config.file.mode
    for index, mount in enumerate(container.mounts):
        if mount.type == _TMPFS:
            yield ("Mounts", index, "TmpfsOptions", "Mode"), mount.tmpfs_options.mode
