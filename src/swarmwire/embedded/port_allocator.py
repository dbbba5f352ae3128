"""Ports that services publish on every node.

Source: SwarmKit manager/allocator/portallocator.go.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from swarmwire import pb
from swarmwire.embedded.address_pools import Exhausted

_FIRST: Final = 30000
_LAST: Final = 32767
_INGRESS: Final = pb.PortConfig.INGRESS


class _Key(NamedTuple):
    """What makes a port the same as one of a former spec."""

    name: str
    protocol: int
    target: int


class PortAllocator:
    """The ports that are taken, by protocol."""

    def __init__(self) -> None:
        self._taken: set[tuple[int, int]] = set()
        self._last: dict[int, int] = {}

    def restore(self, service: pb.Service) -> None:
        """Note the ports that a service was given before."""
        for port in service.endpoint.ports:
            if port.publish_mode == _INGRESS:
                self._taken.add((port.protocol, port.published_port))

    def allocate(self, service: pb.Service) -> None:
        """Give a service the ports of its spec; those that it has are kept.

        Raises:
            Exhausted: one is taken, or none is left.
        """
        if not service.spec.HasField("endpoint"):
            return
        wanted = [_copy(port) for port in _reconciled(service)]
        self.deallocate(service)
        for port in wanted:
            if port.publish_mode == _INGRESS:
                self._give(port, service)
            service.endpoint.ports.append(port)

    def deallocate(self, service: pb.Service) -> None:
        """Take the ports of a service back."""
        for port in service.endpoint.ports:
            if port.publish_mode == _INGRESS:
                self._taken.discard((port.protocol, port.published_port))
        if service.HasField("endpoint"):
            del service.endpoint.ports[:]

    def _give(self, port: pb.PortConfig, service: pb.Service) -> None:
        if port.published_port == 0:
            port.published_port = self._next(port.protocol)
        elif (port.protocol, port.published_port) in self._taken:
            self.deallocate(service)
            raise Exhausted
        self._taken.add((port.protocol, port.published_port))

    def _next(self, protocol: int) -> int:
        size = _LAST - _FIRST + 1
        last = self._last.get(protocol, _FIRST - 1)
        for step in range(size):
            number = _FIRST + (last + 1 - _FIRST + step) % size
            if (protocol, number) not in self._taken:
                self._last[protocol] = number
                return number
        raise Exhausted


def ports_allocated(service: pb.Service) -> bool:
    """Whether a service has the ports of its spec. Source: isPortsAllocatedOnInit."""
    has, wants = service.HasField("endpoint"), service.spec.HasField("endpoint")
    if not has and not wants:
        return True
    if has != wants or len(service.spec.endpoint.ports) != len(service.endpoint.ports):
        return False
    states = _States(service.endpoint.ports)
    on_hosts = {p.target_port for p in service.endpoint.ports if p.publish_mode != _INGRESS}
    ordered = sorted(service.spec.endpoint.ports, key=lambda port: port.published_port == 0)
    for port in ordered:
        if port.publish_mode != _INGRESS:
            if port.target_port not in on_hosts:
                return False
        elif states.take(port) is None:
            return False
    return True


def host_ports_differ(service: pb.Service) -> bool:
    """Whether ports on hosts changed. Source: hostPublishPortsNeedUpdate."""
    host = pb.PortConfig.HOST
    states = _States(service.endpoint.ports, mode=host)
    return any(
        states.take(port) is None
        for port in service.spec.endpoint.ports
        if port.publish_mode == host and port.published_port
    )


class _States:
    """The ports that a service has, by what makes them the same."""

    def __init__(self, ports: Sequence[pb.PortConfig], mode: int = _INGRESS) -> None:
        self._by_key: dict[_Key, dict[int, pb.PortConfig]] = {}
        for port in ports:
            if port.publish_mode == mode:
                self._by_key.setdefault(_key(port), {})[port.published_port] = port

    def take(self, wanted: pb.PortConfig) -> pb.PortConfig | None:
        """The port that fits a wanted one, once."""
        found = self._by_key.get(_key(wanted), {})
        if wanted.published_port:
            return found.pop(wanted.published_port, None)
        number = next((number for number in found if number), None)
        return None if number is None else found.pop(number)


def _reconciled(service: pb.Service) -> Sequence[pb.PortConfig]:
    """The ports of the spec, dynamic ones as they were before. Source: reconcilePortConfigs."""
    wanted = service.spec.endpoint.ports
    if not service.HasField("endpoint") or len(wanted) != len(service.endpoint.ports):
        return wanted
    states = _States(service.endpoint.ports)
    fixed = [port for port in wanted if port.publish_mode != _INGRESS or port.published_port]
    for port in fixed:
        if port.publish_mode == _INGRESS:
            states.take(port)
    dynamic = [port for port in wanted if port.publish_mode == _INGRESS and not port.published_port]
    return [*fixed, *(states.take(port) or port for port in dynamic)]


def _key(port: pb.PortConfig) -> _Key:
    return _Key(port.name, port.protocol, port.target_port)


def _copy(port: pb.PortConfig) -> pb.PortConfig:
    out = pb.PortConfig()
    out.CopyFrom(port)
    return out
