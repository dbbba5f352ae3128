"""What a service reaches, and how it is reached: networks, ports, and where its logs go."""

from collections.abc import Iterable
from typing import Final

from swarmwire import pb
from swarmwire.networks import special
from swarmwire.policy.patterns import any_matches
from swarmwire.policy.scope import Scope
from swarmwire.policy.violation import Violations, violation
from swarmwire.spec import Steps

_OF_NODES: Final = frozenset({"bridge", "docker_gwbridge", "ingress", "nat", "none"})
"""Networks that each node has, by name, and the one of published ports."""
_HOST: Final = "host"
_RESERVED: Final = frozenset({22, 2375, 2376, 2377, 4789, 7946})
"""Ports of the nodes: SSH, the engine's API, the managers', the overlay's."""
_DYNAMIC: Final = {
    pb.PortConfig.INGRESS: (range(30_000, 32_768), "ports"),
    pb.PortConfig.HOST: (range(32_768, 61_000), "host"),
}
"""Which ports a port that is not named may become, and what opens them."""


def judge_networks(spec: pb.ServiceSpec, scope: Scope) -> Violations:
    """Attachments of the task, and those that older clients put beside it."""
    yield from _attachments(spec.task.networks, ("TaskTemplate", "Networks"), spec, scope)
    yield from _attachments(spec.networks, ("Networks",), spec, scope)


def _attachments(
    attachments: Iterable[pb.NetworkAttachmentConfig],
    at: Steps,
    spec: pb.ServiceSpec,
    scope: Scope,
) -> Violations:
    for index, attachment in enumerate(attachments):
        place = (*at, index)
        yield from _target(attachment, place, spec, scope)
        for name in sorted(attachment.driver_attachment_opts):
            if not scope.rules.opens("network.driver-opts", name):
                where, opening = (*place, "DriverOpts"), f"network.driver-opts:{name}"
                reason = f"option {name} of the network's driver"
                yield violation("network.driver-opts", where, reason, "allow", opening)


def _target(
    attachment: pb.NetworkAttachmentConfig, at: Steps, spec: pb.ServiceSpec, scope: Scope
) -> Violations:
    where, target = (*at, "Target"), attachment.target
    stored = _stored(target, scope)
    name = target
    rule = "network.host" if name == _HOST else "network.bridge" if name in _OF_NODES else ""
    is_own = scope.lookup is None and scope.owns_name(name)
    if stored is not None:
        name = stored.spec.annotations.name
        rule = _rule_of(stored, name) or rule
        is_own = not rule and scope.owns(stored.spec.annotations.labels)
    if rule:
        if not scope.rules.opens(rule):
            yield violation(rule, where, f"network {name} of the nodes", "allow", rule)
        return
    if is_own:
        return
    is_there = scope.lookup is None or stored is not None
    if not is_there or not any_matches(scope.use.networks, name):
        reason = f"network {target}: not of a stack of the client, and not listed"
        key = "use.networks" if is_there else ""
        yield violation("network.foreign", where, reason, key, name)
    yield from _names(attachment, at, spec, scope)


def _names(
    attachment: pb.NetworkAttachmentConfig, at: Steps, spec: pb.ServiceSpec, scope: Scope
) -> Violations:
    """By what else than the service's name its tasks are found in a network that is shared.

    Engines make a container's host name one more name of it in each of its networks.
    Source: moby daemon/container_operations.go, buildEndpointDNSNames.
    """
    aliases: list[tuple[Steps, str, str]] = [
        ((*at, "Aliases", place), "alias", alias) for place, alias in enumerate(attachment.aliases)
    ]
    if hostname := spec.task.container.hostname:
        where: Steps = ("TaskTemplate", "ContainerSpec", "Hostname")
        aliases.append((where, "host name", hostname))
    for where, word, name in aliases:
        if name != spec.annotations.name and not scope.rules.opens("network.alias", name):
            reason, opening = f"{word} {name} in a network that is shared", f"network.alias:{name}"
            yield violation("network.alias", where, reason, "allow", opening)


def _stored(target: str, scope: Scope) -> pb.Network | None:
    """The network by its id or its whole name; what else finds one may find another later."""
    stored = None if scope.lookup is None else scope.lookup("network", target)
    if not isinstance(stored, pb.Network):
        return None
    return stored if target in {stored.id, stored.spec.annotations.name} else None


def _rule_of(network: pb.Network, name: str) -> str:
    """The rule on networks that nobody makes; nothing if somebody made it."""
    driver = network.driver_state.name or network.spec.driver_config.name
    if _HOST in {driver, name}:
        return "network.host"
    return "network.bridge" if special(network) or name in _OF_NODES else ""


def judge_ports(endpoint: pb.EndpointSpec, scope: Scope) -> Violations:
    """Every published port, and how many they are."""
    for index, port in enumerate(endpoint.ports):
        yield from _port(port, ("EndpointSpec", "Ports", index), scope)
    most = scope.rules.maxima.ports
    total = scope.counts.ports + len(endpoint.ports)
    if most is not None and endpoint.ports and total > most:
        reason = f"{total} published ports in the stack, {most} at most"
        yield violation("port.count", ("EndpointSpec", "Ports"), reason, "max.ports", total)


def _port(port: pb.PortConfig, at: Steps, scope: Scope) -> Violations:
    rules, where = scope.rules, (*at, "PublishedPort")
    is_host = port.publish_mode == pb.PortConfig.HOST
    opened = rules.host if is_host else rules.ports
    number = port.published_port
    if not number:
        wanted, key = _DYNAMIC[pb.PortConfig.HOST if is_host else pb.PortConfig.INGRESS]
        if not _covers(opened, wanted):
            text = f"{wanted[0]}-{wanted[-1]}"
            yield violation("port.dynamic", where, f"any port of {text}", key, text)
    elif number in _RESERVED:
        yield violation("port.reserved", where, f"port {number} is one of the nodes' own")
    elif not any(number in each for each in opened):
        rule, key = ("port.host", "host") if is_host else ("port.ingress", "ports")
        mode = "of the task's node" if is_host else "of every node"
        yield violation(rule, where, f"port {number} {mode}", key, str(number))


def _covers(opened: tuple[range, ...], wanted: range) -> bool:
    left = wanted[0]
    for each in sorted(opened, key=lambda each: each[0]):
        if each[0] <= left <= each[-1]:
            left = each[-1] + 1
    return left > wanted[-1]


def judge_logs(task: pb.TaskSpec, scope: Scope) -> Violations:
    """The driver that gets the logs, and its options by name."""
    at = ("TaskTemplate", "LogDriver")
    driver = task.log_driver
    if driver.name and not scope.rules.opens("log.driver", driver.name):
        where, opening = (*at, "Name"), f"log.driver:{driver.name}"
        yield violation("log.driver", where, f"log driver {driver.name}", "allow", opening)
    for name in sorted(driver.options):
        if not scope.rules.opens("log.option", name):
            where, opening = (*at, "Options"), f"log.option:{name}"
            yield violation("log.option", where, f"option {name}", "allow", opening)
