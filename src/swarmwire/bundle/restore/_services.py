"""Services: what becomes of each, and what their operator should know. Pure."""

from collections.abc import Iterator, Sequence

from msgspec import structs

from swarmwire import pb
from swarmwire.bundle.restore._destination import Destination
from swarmwire.bundle.restore._judging import judged
from swarmwire.bundle.restore._payloads import adopt
from swarmwire.bundle.restore._placement import Nodes, placement_notes
from swarmwire.bundle.restore._ports import port_notes, port_problems
from swarmwire.bundle.restore._problems import reasons
from swarmwire.bundle.restore._references import mapped
from swarmwire.bundle.restore._steps import Step, Targets
from swarmwire.bundle.restore._swarm import Swarm, name_of
from swarmwire.plan.effects import is_job
from swarmwire.rules import service_spec_problems

_VOLUME, _CLUSTER = pb.Mount.VOLUME, pb.Mount.CLUSTER


def service_steps(
    services: Sequence[pb.Service],
    to: Destination,
    targets: Targets,
    nodes: Nodes,
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
            step = structs.replace(step, notes=(*step.notes, *notes))
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


def _ingress_problems(spec: pb.ServiceSpec, swarm: Swarm) -> Iterator[str]:
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
