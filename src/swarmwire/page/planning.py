"""The plan of what somebody drops on the page, against the swarm as it is known. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from swarmwire import engine, pb
from swarmwire.check import Finding, check
from swarmwire.check.stack import check_stack
from swarmwire.errors import FieldError, StackError
from swarmwire.export.deployed import deployed_service
from swarmwire.page.observed import ObservedSwarm, stack_of
from swarmwire.page.wanted import (
    DIRECTORY,
    FILE_NAME,
    PastedService,
    PastedStack,
    names_in,
    read_nothing,
    wanted_of,
)
from swarmwire.plan import Plan, plan
from swarmwire.stack import File, bodies
from swarmwire.update import LiveService, UpdateConflict, plan_update


class DroppedPlan(NamedTuple):
    """What would come of a text if somebody sent it.

    Attributes:
        plans: one for each service that is there.
        fresh: names of services that are new.
        refused: why something cannot be planned, a sentence each.
        findings: what ``check`` says of it.
        lines: the text in lines, if findings have some.
        fate: what becomes of tasks, by ID.
        stack: the name under which a stack file is taken to be deployed.
    """

    plans: Sequence[Plan] = ()
    fresh: Sequence[str] = ()
    refused: Sequence[str] = ()
    findings: Sequence[Finding] = ()
    lines: Sequence[str] = ()
    fate: Mapping[str, str] = {}
    stack: str = ""


def plan_of_text(swarm: ObservedSwarm, text: str, stack: str = "") -> DroppedPlan:
    """The plan of a text. Nothing is sent anywhere.

    Args:
        swarm: the swarm.
        text: a spec or what inspect printed, as JSON; or a stack file.
        stack: the name of the stack; if it is empty, the one whose services it names.

    Raises:
        UnreadableText: it is none of them.
    """
    wanted = wanted_of(text)
    if isinstance(wanted, PastedService):
        return _of_service(swarm, wanted)
    return _of_stack(swarm, wanted, stack.strip() or _likely_stack(swarm, wanted))


def _of_service(swarm: ObservedSwarm, wanted: PastedService) -> DroppedPlan:
    findings = check(wanted.raw, release=swarm.release)
    if wanted.spec is None:
        return DroppedPlan(refused=[wanted.refused], findings=findings)
    service = swarm.found("service", wanted.reference) or swarm.found("service", wanted.spec.name)
    if service is None:
        return DroppedPlan(fresh=[wanted.spec.name or "(no name)"], findings=findings)
    try:
        found = plan_update(live_of(swarm, service), wanted.spec, release=swarm.release).plan
    except (FieldError, UpdateConflict) as err:
        return DroppedPlan(refused=[str(err)], findings=findings)
    return DroppedPlan([found], findings=findings, fate=dict(_fate([found])))


def live_of(swarm: ObservedSwarm, service: pb.Service) -> LiveService:
    """A service with its surroundings."""
    return LiveService(
        service,
        swarm.tasks_of(service.id),
        tuple(swarm.nodes),
        swarm.networks,
        tuple(swarm.services),
        swarm.many("secret"),
        swarm.many("config"),
    )


def _of_stack(swarm: ObservedSwarm, wanted: PastedStack, stack: str) -> DroppedPlan:
    findings = check_stack(
        [File(FILE_NAME, wanted.text)],
        environment={},
        read=read_nothing,
        directory=DIRECTORY,
        name=stack or "stack",
        release=swarm.release,
    )
    lines = wanted.text.splitlines()
    if wanted.loaded is None:
        return DroppedPlan(refused=[wanted.refused], findings=findings, lines=lines, stack=stack)
    try:
        made = bodies(
            wanted.loaded,
            stack or "stack",
            secret_ids=_ids(swarm, "secret"),
            config_ids=_ids(swarm, "config"),
            release=swarm.release,
        )
    except StackError as err:
        return DroppedPlan(refused=[str(err)], findings=findings, lines=lines, stack=stack)
    plans, fresh, refused = [], [], []
    for own_name, body in made.services.items():
        service = swarm.found("service", body.name)
        if service is None:
            fresh.append(body.name or own_name)
            continue
        try:
            plans.append(_planned(swarm, service, body))
        except FieldError as err:
            refused.append(f"{body.name}: {err}")
    return DroppedPlan(plans, fresh, refused, findings, lines, dict(_fate(plans)), stack)


def _planned(swarm: ObservedSwarm, service: pb.Service, body: engine.ServiceSpec) -> Plan:
    ids = {one.spec.annotations.name: one.id for one in swarm.networks}
    spec = deployed_service(body, service, ids, swarm.release)
    live = live_of(swarm, service)
    return plan(
        service,
        spec,
        tasks=live.tasks,
        nodes=live.nodes,
        names=live.network_names,
        services=live.services,
        secrets=live.secrets,
        configs=live.configs,
        networks=live.networks or None,
        release=swarm.release,
    )


def _ids(swarm: ObservedSwarm, kind: str) -> dict[str, str]:
    return {one.spec.annotations.name: one.id for one in swarm.many(kind)}


def _fate(plans: Sequence[Plan]) -> Iterator[tuple[str, str]]:
    for each in plans:
        for verdict in each.tasks:
            if verdict.task:
                yield verdict.task, verdict.action


def _likely_stack(swarm: ObservedSwarm, wanted: PastedStack) -> str:
    """The stack of the swarm that has most of the services in a stack file."""
    if wanted.loaded is None:
        return ""
    own = set(names_in(wanted.loaded))
    hits: dict[str, int] = {}
    for service in swarm.services:
        stack = stack_of(service)
        if stack and service.spec.annotations.name.removeprefix(f"{stack}_") in own:
            hits[stack] = hits.get(stack, 0) + 1
    return max(sorted(hits), key=lambda each: hits[each], default="")
