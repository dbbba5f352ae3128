"""Services: what becomes of each, and what their operator should know. Pure.

Source: SwarmKit manager/controlapi/service.go, checkPortConflicts.
"""

from collections.abc import Iterator, Sequence

from msgspec import structs

from swarmwire import pb
from swarmwire.bundle.restore.comparison import judged, reasons
from swarmwire.bundle.restore.needs import Needs
from swarmwire.bundle.restore.nodes import Nodes, placement_notes
from swarmwire.bundle.restore.references import adopt, mapped
from swarmwire.bundle.restore.steps import Step, Targets
from swarmwire.bundle.restore.swarm import Destination, LiveSwarm, name_of
from swarmwire.plan import is_job
from swarmwire.rules import service_spec_problems

_VOLUME, _CLUSTER = pb.Mount.VOLUME, pb.Mount.CLUSTER


def service_steps(
    services: Sequence[pb.Service],
    to: Destination,
    targets: Targets,
    nodes: Nodes,
    needs: Needs,
) -> Iterator[Step]:
    """The steps of all services, once ``targets`` knows all that they can refer to."""
    others = list(to.swarm.services)
    for service in services:
        adopted = tuple(adopt(service.spec, to, targets))
        wanted, lost = mapped(service.spec, targets)
        there = _there(service, to, targets, lost)
        if there is not None:
            yield there
            continue
        step = _new(service, (wanted, lost), to, others)
        if step.action == "create":
            others.append(service)
            notes = (
                *adopted,
                *placement_notes(wanted, nodes),
                *port_notes(service),
                *_mount_notes(wanted),
            )
            needed = tuple(needs.of(service))
            step = structs.replace(step, notes=(*step.notes, *notes), needs=needed)
        yield step


def _there(
    service: pb.Service, to: Destination, targets: Targets, lost: tuple[str, ...]
) -> Step | None:
    """The step of a service that is there already; None if it is not.

    What it refers to may be there with other content. That is told in these words, and no
    difference of the service's own.
    """
    wanted, _ = mapped(service.spec, targets.with_others())
    step = judged("service", service, to, wanted)
    if step is None or step.gaps or not lost or to.made("service", service.id):
        return step
    return structs.replace(step, action="differs", why=f"{'; '.join(lost)}; left alone")


def _new(
    service: pb.Service,
    mapping: tuple[pb.ServiceSpec, tuple[str, ...]],
    to: Destination,
    others: Sequence[pb.Service],
) -> Step:
    wanted, lost = mapping
    name = name_of(service)
    job = is_job(wanted)
    if job and not to.options.jobs:
        why = "a job, which would run once more (--jobs)"
        return Step(kind="service", name=name, old_id=service.id, action="skip", why=why)
    problems = [
        *lost,
        *reasons(service_spec_problems(wanted)),
        *_ingress_problems(wanted, to.swarm),
        *port_problems(wanted, others, has_ingress=to.swarm.ingress is not None),
    ]
    return Step(
        kind="service",
        name=name,
        old_id=service.id,
        action="cannot" if problems else "create",
        why="; ".join(problems),
        notes=("this job runs once more",) if job else (),
    )


def _ingress_problems(spec: pb.ServiceSpec, swarm: LiveSwarm) -> Iterator[str]:
    """A manager refuses the one, and wears itself out over the other."""
    ingress = swarm.ingress
    if ingress is None:
        return
    if ingress.id in {one.target for one in (*spec.task.networks, *spec.networks)}:
        name = name_of(ingress)
        yield f'Service cannot be explicitly attached to the ingress network "{name}"'


def _mount_notes(spec: pb.ServiceSpec) -> Iterator[str]:
    mounts = spec.task.container.mounts
    volumes = sorted({one.source for one in mounts if one.type == _VOLUME and one.source})
    if volumes:
        yield f"data of volumes are not in a bundle: {', '.join(volumes)}"
    cluster = sorted({one.source for one in mounts if one.type == _CLUSTER})
    if cluster:
        yield f"cluster volumes are not restored: {', '.join(cluster)}"


def port_problems(
    spec: pb.ServiceSpec, others: Sequence[pb.Service], *, has_ingress: bool
) -> Iterator[str]:
    """Why a manager refuses the ports of a new service."""
    ports = spec.endpoint.ports
    if not has_ingress and any(one.publish_mode == pb.PortConfig.INGRESS for one in ports):
        yield "service needs ingress network, but no ingress network is present"
    for port in ports:
        if port.publish_mode == pb.PortConfig.INGRESS and port.protocol not in _PROTOCOLS:
            # as control.guard: managers store it, and crash on it at every start
            yield f"managers do not know protocol {port.protocol} of port {port.target_port}"
        if port.published_port:
            yield from _taken(port, others)


def port_notes(service: pb.Service) -> Iterator[str]:
    """The ports that the dead swarm had chosen itself: nobody can tell those of the new one."""
    asked = service.spec.endpoint.ports
    wanted = {(one.target_port, one.protocol) for one in asked if not one.published_port}
    for port in service.endpoint.ports:
        if port.published_port and (port.target_port, port.protocol) in wanted:
            had = f"had port {port.published_port} for port {port.target_port}"
            yield f"{had}; the swarm chooses anew"


_PROTOCOLS = tuple(pb.PortConfig.Protocol.values())


def _taken(port: pb.PortConfig, others: Sequence[pb.Service]) -> Iterator[str]:
    for other in others:
        if any(
            _conflict(port, held) for held in (*other.spec.endpoint.ports, *other.endpoint.ports)
        ):
            name = other.spec.annotations.name
            yield f"port {port.published_port} is already in use by service {name}"


def _conflict(port: pb.PortConfig, held: pb.PortConfig) -> bool:
    same = (port.published_port, port.protocol) == (held.published_port, held.protocol)
    both_host = port.publish_mode == held.publish_mode == pb.PortConfig.HOST
    return same and not both_host
