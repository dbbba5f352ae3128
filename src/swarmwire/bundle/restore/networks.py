"""Networks: which are created, with which addresses, in which order. Pure.

Source: SwarmKit manager/allocator/cnmallocator, networkallocator.go; moby
daemon/cluster/networks.go, CreateNetwork, sends the spec alone, as it is done here.
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from swarmwire import pb
from swarmwire.bundle.restore.comparison import gaps_of, judged, reasons
from swarmwire.bundle.restore.steps import RestoreOptions, Step, Target, Targets
from swarmwire.bundle.restore.swarm import Destination, LiveSwarm, name_of
from swarmwire.networks import is_ingress, is_predefined
from swarmwire.rules import network_spec_problems
from swarmwire.rules.network import parse_cidr

_Subnet = IPv4Network | IPv6Network


def wanted_network(network: pb.Network, options: RestoreOptions) -> pb.NetworkSpec:
    """The spec to create a network from."""
    out = pb.NetworkSpec()
    out.CopyFrom(network.spec)
    if not options.keep_subnets or _subnets(out.ipam) or is_ingress(network):
        return out
    allocated = [config for config in network.ipam.configs if config.subnet]
    if allocated:
        if not out.ipam.HasField("driver") and network.ipam.driver.name:
            out.ipam.driver.name = network.ipam.driver.name
        del out.ipam.configs[:]
        out.ipam.configs.extend(allocated)
    return out


def network_steps(
    networks: Sequence[pb.Network], to: Destination, targets: Targets
) -> Iterator[Step]:
    """The steps of all networks; where references to them lead is noted in ``targets``.

    Those with subnets of their own come first: what a manager chooses for the others is then free.
    """
    swarm, options = to.swarm, to.options
    made = [one for one in networks if not is_predefined(one)]
    for network in networks:
        if is_predefined(network):
            _map_predefined(network, swarm, targets)
    taken = [
        (name_of(one), subnet)
        for one in swarm.networks
        for subnet in _subnets(one.spec.ipam) or _subnets(one.ipam)
    ]
    for network in sorted(made, key=lambda one: not _subnets(wanted_network(one, options).ipam)):
        step = _ingress_step(network, swarm) if is_ingress(network) else _step(network, to, taken)
        existing = swarm.with_id("network", step.id)
        targets.settle(step, name_of(existing) if existing else "")
        if is_ingress(network) and step.id:
            targets.found[step.key] = Target(step.id, step.name)
        yield step


def _map_predefined(network: pb.Network, swarm: LiveSwarm, targets: Targets) -> None:
    found = swarm.named("network", name_of(network))
    if found is not None and is_predefined(found):
        targets.found["network", network.id] = Target(found.id, name_of(found))
    else:
        reason = f"the swarm has no network {name_of(network)} of its nodes"
        targets.missing["network", network.id] = reason


def _ingress_step(network: pb.Network, swarm: LiveSwarm) -> Step:
    """The ingress network is never created; whether it is as it was is worth knowing."""
    found = swarm.ingress
    name = name_of(network)
    if found is None:
        why = f"the ingress network is not created here: {_ingress_command(network)}"
        return Step(kind="network", name=name, old_id=network.id, action="cannot", why=why)
    gaps = gaps_of("network", network.spec, found)
    paths = ", ".join(gap.path for gap in gaps)
    return Step(
        kind="network",
        name=name,
        old_id=network.id,
        action="differs" if gaps else "present",
        id=found.id,
        why=f"the swarm's own differs in {paths}; left alone" if gaps else "",
        gaps=gaps,
    )


def _ingress_command(network: pb.Network) -> str:
    """What creates it by hand, with the addresses that somebody had chosen for it."""
    parts = ["docker network create --driver overlay --ingress"]
    for config in network.spec.ipam.configs:
        options = (("subnet", config.subnet), ("ip-range", config.range))
        parts += [f"--{name} {value}" for name, value in options if value]
        parts += [f"--gateway {config.gateway}"] if config.gateway else []
    return " ".join([*parts, name_of(network)])


def _step(
    network: pb.Network,
    to: Destination,
    taken: list[tuple[str, _Subnet]],
) -> Step:
    wanted = wanted_network(network, to.options)
    there = judged("network", network, to, wanted)
    if there is not None:
        return there
    subnets = _subnets(wanted.ipam)
    problems = [*reasons(network_spec_problems(wanted)), *_overlaps(subnets, taken)]
    if not problems:
        taken += [(name_of(network), subnet) for subnet in subnets]
    return Step(
        kind="network",
        name=name_of(network),
        old_id=network.id,
        action="cannot" if problems else "create",
        why="; ".join(problems),
        notes=tuple(_notes(network, to.options)),
    )


def _notes(network: pb.Network, options: RestoreOptions) -> Iterator[str]:
    if network.spec.network:
        name = network.spec.network
        yield f"takes its configuration from network {name}, which each node has to have"
    if not options.keep_subnets and not _subnets(network.spec.ipam) and _subnets(network.ipam):
        subnets = ", ".join(map(str, _subnets(network.ipam)))
        yield f"had {subnets}; the swarm chooses anew (--keep-subnets keeps it)"


def _subnets(ipam: pb.IPAMOptions) -> list[_Subnet]:
    parsed = [parse_cidr(config.subnet) for config in ipam.configs]
    return [found[1] for found in parsed if found is not None]


def _overlaps(subnets: Sequence[_Subnet], taken: Sequence[tuple[str, _Subnet]]) -> Iterator[str]:
    """A manager accepts these, and never gets around to allocate them."""
    for subnet in subnets:
        for name, other in taken:
            if subnet.version == other.version and subnet.overlaps(other):
                yield f"its subnet {subnet} overlaps {other} of network {name}"
