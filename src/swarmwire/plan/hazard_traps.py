"""What a manager accepts and what fails later, told as traps: of updates and of new services."""

from collections.abc import Collection, Iterator, Sequence

from swarmwire import pb
from swarmwire.plan.trap import Trap
from swarmwire.releases import Release
from swarmwire.rules import Hazard, service_spec_hazards
from swarmwire.scheduling import node_matches
from swarmwire.spec import masked


def hazard_traps(
    spec: pb.ServiceSpec, release: Release, *, known: Collection[tuple[object, str]] = ()
) -> Iterator[Trap]:
    """The hazards of a spec that are more than hints.

    ``known`` holds steps and reasons of hazards that are there already: of those only the ones that
    hit the manager are told again.
    """
    yield from as_traps(service_spec_hazards(spec, release=release), known)


def as_traps(
    hazards: Sequence[Hazard], known: Collection[tuple[object, str]] = ()
) -> Iterator[Trap]:
    """These hazards as traps; see ``hazard_traps``."""
    for hazard in hazards:
        if hazard.severity == "hint":
            continue
        if hazard.who == "manager" or (hazard.steps, hazard.reason) not in known:
            text = masked(hazard.reason) + (f"; {hazard.fix}" if hazard.fix else "")
            yield Trap(code=f"{hazard.who}-hazard", path=hazard.path, text=text)


def has_node(spec: pb.ServiceSpec, nodes: Sequence[pb.Node]) -> bool:
    """Whether an active node satisfies the constraints of a spec."""
    usable = [node for node in nodes if node.spec.availability == pb.NodeSpec.ACTIVE]
    return any(node_matches(spec.task.placement.constraints, node) for node in usable)
