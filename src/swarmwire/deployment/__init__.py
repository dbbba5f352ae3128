"""Stacks deployed without the docker command: planned as a whole, written in order, followed.

    swarm = await deployment.read_swarm(manager, "shop")
    loaded = stack.load(files, environment=environment, read=read, directory=directory)
    plan = deployment.plan_deployment(loaded, swarm)
    async for event in deployment.deploy(manager, plan):
        print(event)

Connect with ``secrets=True`` to write. Tags of images are looked up before planning, by
``images_to_ask`` and ``ask_image``, and handed in as ``LookedUp``. ``deployment.sync`` is the same
for code that blocks.
"""

from swarmwire.deployment.carrying import deploy
from swarmwire.deployment.engine_socket import ask_image
from swarmwire.deployment.events import (
    ChangedSincePlan,
    DeploymentEnded,
    DeploymentEvent,
    DeploymentStep,
    StepBegun,
    StepDone,
    StepLeft,
)
from swarmwire.deployment.images import FoundImage, ResolveMode
from swarmwire.deployment.parts import (
    DeploymentPlan,
    NewService,
    OtherService,
    PlannedPart,
    ServiceUpdate,
)
from swarmwire.deployment.placing import place_deployment, read_places
from swarmwire.deployment.planning import (
    DeployOptions,
    LookedUp,
    images_to_ask,
    plan_deployment,
    plan_stack_rollback,
    secret_contents,
)
from swarmwire.deployment.registry_logins import RegistryLogins, read_logins
from swarmwire.deployment.swarm import SwarmNow, changed_secrets, read_swarm

__all__ = [
    "ChangedSincePlan",
    "DeployOptions",
    "DeploymentEnded",
    "DeploymentEvent",
    "DeploymentPlan",
    "DeploymentStep",
    "FoundImage",
    "LookedUp",
    "NewService",
    "OtherService",
    "PlannedPart",
    "RegistryLogins",
    "ResolveMode",
    "ServiceUpdate",
    "StepBegun",
    "StepDone",
    "StepLeft",
    "SwarmNow",
    "ask_image",
    "changed_secrets",
    "deploy",
    "images_to_ask",
    "place_deployment",
    "plan_deployment",
    "plan_stack_rollback",
    "read_logins",
    "read_places",
    "read_swarm",
    "secret_contents",
]
