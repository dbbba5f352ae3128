"""The plan of a new service: whether a manager takes it, and what comes of it later."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from swarmwire import pb
from swarmwire.expected import expect, expect_each
from swarmwire.plan.hazard_traps import has_node, hazard_traps
from swarmwire.plan.live_refusals import live_refusals
from swarmwire.plan.refusals import Refusal
from swarmwire.plan.trap import Trap
from swarmwire.releases import AnyRelease, as_release
from swarmwire.releases.messages import known_to


class ServiceCreation(msgspec.Struct, frozen=True, kw_only=True):
    """What the creation of a service would do. ``msgspec.json.encode`` writes it.

    Attributes:
        service: the name of the service.
        effect: whether a manager takes it.
        summary: the same in one sentence: ``is new, with 2 tasks``.
        tasks: how many tasks it gets; None if that depends on the nodes.
        refusals: why a manager refuses it; empty if it does not.
        traps: what is taken and fails later.
    """

    service: str
    effect: Literal["created", "refused"]
    summary: str
    tasks: int | None
    refusals: tuple[Refusal, ...] = ()
    traps: tuple[Trap, ...] = ()


def plan_creation(  # noqa: PLR0913 - a manager stores so many kinds of objects
    desired: pb.ServiceSpec,
    *,
    nodes: Sequence[pb.Node] | None = None,
    services: Sequence[pb.Service] | None = None,
    secrets: Sequence[pb.Secret] | None = None,
    configs: Sequence[pb.Config] | None = None,
    networks: Sequence[pb.Network] | None = None,
    release: AnyRelease = None,
) -> ServiceCreation:
    """What happens when a service is created. Changes no argument.

    Args:
        desired: the spec that is to be sent.
        nodes: all nodes of the swarm; None, here and below: not known, so nothing is said.
        services: all services of the swarm.
        secrets: all secrets; IDs and names are enough.
        configs: all configs; IDs and names are enough.
        networks: all networks.
        release: the engine of the managers; the newest unless it is given.

    Raises:
        ConvertError: kind "type": an argument is not such a message.
    """
    expect(pb.ServiceSpec, desired)
    if nodes is not None:
        expect_each(pb.Node, nodes)
    engine = as_release(release)
    refused = live_refusals(
        desired,
        services=services,
        secrets=secrets,
        configs=configs,
        networks=networks,
        release=engine,
    )
    spec = known_to(desired, engine)
    tasks = spec.replicated.replicas if spec.HasField("replicated") else None
    return ServiceCreation(
        service=spec.annotations.name,
        effect="refused" if refused else "created",
        summary=refused[0].summary if refused else _summary(tasks),
        tasks=None if refused else tasks,
        refusals=refused,
        traps=(*hazard_traps(spec, engine), *_unplaceable(spec, nodes)),
    )


def _summary(tasks: int | None) -> str:
    return "is new" if tasks is None else f"is new, with {tasks} task{'s'[: tasks != 1]}"


def _unplaceable(spec: pb.ServiceSpec, nodes: Sequence[pb.Node] | None) -> Iterator[Trap]:
    if nodes and spec.task.placement.constraints and not has_node(spec, nodes):
        text = "No active node satisfies the constraints: the tasks stay pending."
        yield Trap(code="no-node-matches", path="TaskTemplate.Placement.Constraints", text=text)
