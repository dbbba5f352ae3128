"""Deployments for scripts and notebooks: the same work, blocking. There is no logic here."""

from collections.abc import Generator, Mapping, Sequence

from swarmwire import pb
from swarmwire.control.sync import BlockingControl
from swarmwire.deployment import carrying, placing, swarm
from swarmwire.deployment.events import DeploymentEvent
from swarmwire.deployment.parts import DeploymentPlan
from swarmwire.deployment.swarm import SwarmNow
from swarmwire.placement import PlacementForecast
from swarmwire.update.clock import REAL_TIME, Clock
from swarmwire.update.settling import USUAL, WatchLimits


def read_swarm(control: BlockingControl, stack: str) -> SwarmNow:
    """All that a deploy of a stack depends on; see ``deployment.read_swarm``."""
    return control.run(lambda manager: swarm.read_swarm(manager, stack))


def changed_secrets(
    control: BlockingControl, secrets: Sequence[pb.Secret], wanted: Mapping[str, bytes]
) -> frozenset[str]:
    """The names of secrets with other data; see ``deployment.changed_secrets``."""
    return control.run(lambda manager: swarm.changed_secrets(manager, secrets, wanted))


def read_places(control: BlockingControl, plan: DeploymentPlan) -> PlacementForecast | None:
    """Where new tasks find a place; see ``deployment.read_places``."""
    return control.run(lambda manager: placing.read_places(manager, plan))


def deploy(
    control: BlockingControl,
    plan: DeploymentPlan,
    *,
    follow: bool = True,
    limits: WatchLimits = USUAL,
    clock: Clock = REAL_TIME,
) -> Generator[DeploymentEvent, None, None]:
    """Write what is planned and follow it; see ``deployment.deploy``."""
    return control.iterate(
        lambda manager: carrying.deploy(manager, plan, follow=follow, limits=limits, clock=clock)
    )
