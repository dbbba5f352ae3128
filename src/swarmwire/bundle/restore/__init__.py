"""Give a new swarm what a dead one had: networks, secrets, configs, services, labels of nodes.

    async with control.connect(secrets=True) as manager:
        plan = await restore.preview(manager, bundle)
        report = await restore.restore(manager, bundle)

``plan_restore`` is pure: the steps, in their order, from a bundle and what a swarm has.
"""

from swarmwire.bundle.restore.carrying import RestoreJournal, preview, restore
from swarmwire.bundle.restore.errors import NotInBundle, SameSwarm
from swarmwire.bundle.restore.planning import plan_restore
from swarmwire.bundle.restore.steps import (
    SHORT_OF,
    Action,
    Gap,
    Key,
    Kind,
    Known,
    Need,
    Outcome,
    RestoreOptions,
    RestorePlan,
    RestoreReport,
    Result,
    Step,
)
from swarmwire.bundle.restore.swarm import LiveSwarm, look
from swarmwire.update import Clock

__all__ = [
    "SHORT_OF",
    "Action",
    "Clock",
    "Gap",
    "Key",
    "Kind",
    "Known",
    "LiveSwarm",
    "Need",
    "NotInBundle",
    "Outcome",
    "RestoreJournal",
    "RestoreOptions",
    "RestorePlan",
    "RestoreReport",
    "Result",
    "SameSwarm",
    "Step",
    "look",
    "plan_restore",
    "preview",
    "restore",
]
