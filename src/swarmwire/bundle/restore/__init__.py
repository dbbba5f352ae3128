"""Give a new swarm what a dead one had: networks, secrets, configs, services, labels of nodes.

    async with control.connect(secrets=True) as manager:
        plan = await restore.preview(manager, bundle)
        clock = restore.Clock(time.monotonic, asyncio.sleep)
        report = await restore.restore(manager, bundle, clock=clock)

``plan_restore`` is pure: the steps, in their order, from a bundle and what a swarm has.
"""

from swarmwire.bundle.restore._carrying import Journal, preview, restore
from swarmwire.bundle.restore._options import Options
from swarmwire.bundle.restore._planning import plan_restore
from swarmwire.bundle.restore._sending import Clock
from swarmwire.bundle.restore._steps import (
    SHORT_OF,
    Action,
    Gap,
    Key,
    Kind,
    Known,
    Outcome,
    Plan,
    Report,
    Result,
    Step,
)
from swarmwire.bundle.restore._swarm import Swarm, look
from swarmwire.bundle.restore.errors import NotInBundle, SameSwarm

__all__ = [
    "SHORT_OF",
    "Action",
    "Clock",
    "Gap",
    "Journal",
    "Key",
    "Kind",
    "Known",
    "NotInBundle",
    "Options",
    "Outcome",
    "Plan",
    "Report",
    "Result",
    "SameSwarm",
    "Step",
    "Swarm",
    "look",
    "plan_restore",
    "preview",
    "restore",
]
