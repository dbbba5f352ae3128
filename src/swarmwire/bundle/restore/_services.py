"""Services: what becomes of each, and what their operator should know. Pure."""

from collections.abc import Iterator, Sequence

from swarmwire import pb
from swarmwire.bundle.restore._destination import Destination
from swarmwire.bundle.restore._judging import judged
from swarmwire.bundle.restore._payloads import adopt
from swarmwire.bundle.restore._placement import Nodes, placement_notes
from swarmwire.bundle.restore._ports import port_problems
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
        there = judged("service", service, to, wanted)
        if there is not None:
            yield there
            continue
        step = _new(service, (wanted, lost), to, others)
        if step.action == "create":
            others.append(service)
            notes = (*adopted, *placement_notes(wanted, nodes), *_mount_notes(wanted))
            step = _with_notes(step, (*step.notes, *notes))
        yield step


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
        what = "volumes" if len(volumes) > 1 else "volume"
        yield f"{what} {', '.join(volumes)}: data of volumes are not in a bundle"
    cluster = sorted({one.source for one in mounts if one.type == _CLUSTER})
    if cluster:
        yield f"cluster volumes are not restored: {', '.join(cluster)}"


def _with_notes(step: Step, notes: tuple[str, ...]) -> Step:
    return Step(
        kind=step.kind,
        name=step.name,
        old_id=step.old_id,
        action=step.action,
        why=step.why,
        notes=notes,
    )
