"""The stacks of the swarm, as labels tell: which there are, what each has, what it mounts."""

from collections.abc import Collection
from functools import cached_property
from typing import Any, Final

from swarmwire import pb
from swarmwire.gateway.mirror import Mirror
from swarmwire.policy import STACK_LABEL, StackCounts

_OF_STACKS: Final = ("service", "network", "secret", "config")
"""Kinds of objects that carry the label of their stack."""


def stack_of(one: Any) -> str:
    """The stack that a stored object, or a spec, belongs to; nothing if it is of none."""
    annotations: pb.Annotations = getattr(one, "spec", one).annotations
    return annotations.labels.get(STACK_LABEL, "")


def counts_of(mirror: Mirror, stack: str, but: str) -> StackCounts:
    """What a stack has, without the object of an id, and which stacks there are besides."""
    counts = dict.fromkeys(_OF_STACKS, 0)
    stacks: set[str] = set()
    ports = 0
    for kind in _OF_STACKS:
        for one in mirror.shelves[kind]:
            its = stack_of(one)
            stacks.add(its)
            if its == stack and one.id != but:
                counts[kind] += 1
                ports += len(one.spec.endpoint.ports) if kind == "service" else 0
    stacks.discard("")
    return StackCounts(
        ports=ports,
        stacks=frozenset(stacks),
        mounters=_Mounters(mirror),
        **{f"{kind}s": count for kind, count in counts.items()},
    )


def has_stack(mirror: Mirror, stack: str) -> bool:
    """Whether there is anything of a stack."""
    return any(stack_of(one) == stack for kind in _OF_STACKS for one in mirror.shelves[kind])


class _Mounters:
    """The stacks whose services mount volumes, read once they are asked for."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror

    def __call__(self, volume: str) -> Collection[str]:
        return self._by_volume.get(volume, ())

    @cached_property
    def _by_volume(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for service in self._mirror.shelves["service"]:
            for mount in service.spec.task.container.mounts:
                if mount.type == pb.Mount.VOLUME and mount.source:
                    found.setdefault(mount.source, set()).add(stack_of(service))
        return found
