"""The proof: what a deploy of a stack file would do to the services that it was made from. Pure.

The file is read as the docker command reads it, and what it makes is planned against what is
stored. Whatever differs is what the file cannot say, so nothing is lost silently.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from swarmwire import pb
from swarmwire.errors import FieldError
from swarmwire.export.deployed import (
    deployed_file,
    deployed_network,
    deployed_service,
    object_gaps,
)
from swarmwire.export.document import UnexportedService
from swarmwire.export.swarm import KnownSwarm, stack_of
from swarmwire.export.verdict import ObjectProof, Proof, ServiceProof, Verdict, proof_of
from swarmwire.plan import Difference, Plan, differences, is_job, plan
from swarmwire.releases import AnyRelease
from swarmwire.stack import Bodies, File, Stack, bodies, load
from swarmwire.stack.body.building import scoped

DIRECTORY: Final = "/stack"
"""Where a stack file is taken to lie while it is read."""


def prove(  # noqa: PLR0913 - a deploy depends on so many things
    text: str,
    swarm: KnownSwarm,
    stack: str,
    services: Sequence[pb.Service],
    *,
    read: Callable[[str], bytes],
    left_out: Sequence[UnexportedService] = (),
    notes: Sequence[str] = (),
    release: AnyRelease = None,
) -> Proof:
    """What a deploy of a stack file does to services.

    Args:
        text: the stack file.
        swarm: what is known of the swarm.
        stack: the name under which it is deployed.
        services: the services that it was made from.
        read: gives files that the stack file names; it lies in ``DIRECTORY``.
        left_out: services that are known not to be in it.
        notes: what is to be told besides.
        release: the engine of the managers, and of the docker command; the newest unless it is
            given.

    Raises:
        StackError: the docker command would refuse the file.
    """
    loaded = load([File("", text)], environment={}, read=read, directory=DIRECTORY)
    made = _bodies(loaded, swarm, stack, services, release)
    reasons = {each.service: each.reason for each in left_out}
    ids = {name: id_ for id_, name in swarm.names.items()}
    found, told = [], list(notes)
    for service in services:
        name = service.spec.annotations.name
        body = made.services.get(name.removeprefix(scoped(stack, "")))
        if name in reasons or body is None:
            found.append(_absent(service, reasons.get(name, "the file does not hold it")))
            continue
        made_name = body.name
        try:
            wanted = deployed_service(body, service, ids, release)
        except FieldError as err:
            found.append(_refused(service, str(err)))
            continue
        if stack_of(service) != stack or made_name != name:
            wanted.annotations.name = name
            unsaid = differences(service.spec, wanted, release=release)
            found.append(_created(service, made_name, unsaid))
            continue
        planned = _planned(service, wanted, swarm, release)
        found.append(_judged(service, planned))
        if not planned.exactness.exact and planned.exactness.text not in told:
            told.append(planned.exactness.text)
    return proof_of(stack, found, list(_objects(made, swarm, release)), told)


def _bodies(
    loaded: Stack,
    swarm: KnownSwarm,
    stack: str,
    services: Sequence[pb.Service],
    release: AnyRelease,
) -> Bodies:
    return bodies(
        loaded,
        stack,
        secret_ids={**_referred(services, "secret"), **_ids(swarm.secrets)},
        config_ids={**_referred(services, "config"), **_ids(swarm.configs)},
        release=release,
    )


def _referred(services: Sequence[pb.Service], kind: str) -> dict[str, str]:
    return {
        getattr(one, f"{kind}_name"): getattr(one, f"{kind}_id")
        for service in services
        for one in getattr(service.spec.task.container, f"{kind}s")
    }


def _ids(objects: Sequence[Any]) -> dict[str, str]:
    # What was made from JSON may have no id.
    return {each.spec.annotations.name: each.id for each in objects if each.id}


def _planned(
    service: pb.Service, wanted: pb.ServiceSpec, swarm: KnownSwarm, release: AnyRelease
) -> Plan:
    tasks = None
    if swarm.tasks is not None:
        tasks = [task for task in swarm.tasks if task.service_id == service.id]
    return plan(
        service if service.id else service.spec,
        wanted,
        tasks=tasks,
        nodes=swarm.nodes,
        exact=swarm.is_stored,
        names=swarm.names,
        release=release,
    )


def _judged(service: pb.Service, planned: Plan) -> ServiceProof:
    counts = planned.counts
    tasks = _count(service) if counts is None else counts.tasks
    restarts: int | None = 0
    if is_job(service.spec):
        restarts = tasks
    elif planned.effect == "restarts":
        restarts = None if counts is None else counts.restarts + counts.unknown
    # Tasks that are added or removed are what the service itself is about.
    verdict: Verdict = "restarts" if planned.effect == "restarts" else "kept"
    return ServiceProof(
        service=service.spec.annotations.name,
        verdict="refused" if planned.effect == "refused" else verdict,
        tasks=tasks,
        restarts=restarts,
        summary=planned.summary,
        unsaid=planned.differences,
    )


def _count(service: pb.Service) -> int | None:
    is_replicated = service.spec.WhichOneof("mode") == "replicated"
    return service.spec.replicated.replicas if is_replicated else None


def _created(service: pb.Service, made: str, unsaid: tuple[Difference, ...]) -> ServiceProof:
    name, count = service.spec.annotations.name, _count(service)
    whose = stack_of(service)
    why = f"it belongs to the stack {whose}" if whose else "it belongs to no stack"
    if made == name:
        return ServiceProof(
            service=name,
            verdict="refused",
            tasks=count,
            restarts=count,
            summary=f"is refused as long as {name} is there, because {why}",
            unsaid=unsaid,
        )
    return ServiceProof(
        service=name,
        verdict="created",
        tasks=count,
        restarts=count,
        summary=f"makes the new service {made} beside it, because {why}",
        unsaid=unsaid,
    )


def _absent(service: pb.Service, reason: str) -> ServiceProof:
    return ServiceProof(
        service=service.spec.annotations.name,
        verdict="left out",
        tasks=_count(service),
        restarts=0,
        summary=f"leaves it alone (but --prune removes it): {reason}",
    )


def _refused(service: pb.Service, reason: str) -> ServiceProof:
    return ServiceProof(
        service=service.spec.annotations.name,
        verdict="refused",
        tasks=_count(service),
        restarts=0,
        summary=f"is refused: {reason}",
    )


def _objects(made: Bodies, swarm: KnownSwarm, release: AnyRelease) -> Iterator[ObjectProof]:
    networks = {each.spec.annotations.name: each.spec for each in swarm.networks}
    for name, body in made.networks.items():
        yield from _compared("network", name, networks, deployed_network(body, release))
    for kind, listed in (("secret", made.secrets), ("config", made.configs)):
        stored = {each.spec.annotations.name: each.spec for each in getattr(swarm, f"{kind}s")}
        for one in listed:
            yield from _compared(kind, one.name, stored, deployed_file(one, release))


def _compared(
    kind: str, name: str, stored: Mapping[str, Any], wanted: Any
) -> Iterator[ObjectProof]:
    if name not in stored:
        yield ObjectProof(kind=kind, name=name, is_new=True)
        return
    unsaid = object_gaps(stored[name], wanted)
    if unsaid:
        yield ObjectProof(kind=kind, name=name, unsaid=unsaid)
