"""What there is to export: the objects of a swarm, wherever they were read from. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from swarmwire import pb
from swarmwire.rules import default_service_spec
from swarmwire.spec import copied
from swarmwire.stack.body.building import NAMESPACE


@dataclass(frozen=True)
class KnownSwarm:
    """The objects of a swarm, as far as they are known.

    Attributes:
        services: the services, as a manager stores them.
        networks: the networks.
        secrets: the secrets; a live manager gives them without payload.
        configs: the configs.
        network_names: names of networks by id, of those that are not in ``networks``.
        tasks: all tasks; None if they are not known.
        nodes: all nodes; None if they are not known.
        is_stored: whether the services are a manager's own messages. False if they were made from
            the Engine API's JSON, which does not show all that decides.
    """

    services: tuple[pb.Service, ...] = field(repr=False)
    networks: tuple[pb.Network, ...] = field(default=(), repr=False)
    secrets: tuple[pb.Secret, ...] = field(default=(), repr=False)
    configs: tuple[pb.Config, ...] = field(default=(), repr=False)
    network_names: dict[str, str] = field(default_factory=dict, repr=False)
    tasks: tuple[pb.Task, ...] | None = field(default=None, repr=False)
    nodes: tuple[pb.Node, ...] | None = field(default=None, repr=False)
    is_stored: bool = True

    @property
    def names(self) -> dict[str, str]:
        """The name of each network that is known, by id."""
        found = {each.id: each.spec.annotations.name for each in self.networks}
        return {**self.network_names, **found}


def stack_of(message: Any) -> str:
    """The stack that an object belongs to by its label; nothing if it belongs to none."""
    labels = message.spec.annotations.labels
    return str(labels[NAMESPACE]) if NAMESPACE in labels else ""


def stacks_of(services: Iterable[pb.Service]) -> dict[str, tuple[pb.Service, ...]]:
    """The services of each stack, sorted; those that belong to none are under ``""``."""
    found: dict[str, list[pb.Service]] = {}
    for service in sorted(services, key=lambda each: each.spec.annotations.name):
        found.setdefault(stack_of(service), []).append(service)
    return {stack: tuple(found[stack]) for stack in sorted(found)}


_DEFAULTS: Final = default_service_spec()


def without_defaults(shown: pb.ServiceSpec) -> pb.ServiceSpec:
    """A spec as it is probably stored, from one that ``docker service inspect`` shows.

    Inspect spells out the defaults of what is not stored. Whether somebody has stored just these
    values, nobody can tell from what it prints.

    Source: moby daemon/cluster/services.go, GetService; rules.with_defaults.
    """
    spec = copied(shown)
    _clear(spec.task.container, _DEFAULTS.task.container, "stop_grace_period", "dns_config")
    _clear(spec.task.container, _DEFAULTS.task.container, "pull_options")
    _clear(spec.task, _DEFAULTS.task, "restart")
    _clear(spec.task.restart, _DEFAULTS.task.restart, "delay")
    _clear(spec, _DEFAULTS, "update", "rollback")
    for name in ("update", "rollback"):
        if spec.HasField(name):
            _clear(getattr(spec, name), getattr(_DEFAULTS, name), "monitor")
    return spec


def _clear(message: Any, default: Any, *names: str) -> None:
    for name in names:
        if message.HasField(name) and getattr(message, name) == getattr(default, name):
            message.ClearField(name)
