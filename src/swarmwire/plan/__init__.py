"""What an update of a service changes, and which tasks it restarts. Pure.

``plan`` answers for a whole update; ``is_task_dirty`` is SwarmKit's own rule for one task. What is
to be sent comes before: ``intent`` tells what an edit of JSON means, ``merge`` joins two changes of
one spec, ``drop_unknown`` and ``unknown_keys`` tell what an older manager drops. ``live_refusals``
tells of a new service, too, whether a manager takes it beside what it stores; ``plan_creation``
tells that and what fails later.
"""

from swarmwire.plan.creation import ServiceCreation, plan_creation
from swarmwire.plan.differences import Difference, Effect, differences
from swarmwire.plan.dropped import drop_unknown, release_of, unknown_keys, version_of
from swarmwire.plan.editing import Intent, intent, rebased, with_credentials
from swarmwire.plan.live_refusals import live_refusals
from swarmwire.plan.merging import Merged, merge
from swarmwire.plan.planning import Exactness, Plan, plan
from swarmwire.plan.refusals import Refusal, refusal
from swarmwire.plan.restart import Reason, is_job, is_task_dirty, why_dirty
from swarmwire.plan.rollout import Rollout
from swarmwire.plan.summary import Counts
from swarmwire.plan.tasks import Fate, TaskVerdict, fate_of_tasks
from swarmwire.plan.trap import Trap
from swarmwire.scheduling import node_matches

__all__ = [
    "Counts",
    "Difference",
    "Effect",
    "Exactness",
    "Fate",
    "Intent",
    "Merged",
    "Plan",
    "Reason",
    "Refusal",
    "Rollout",
    "ServiceCreation",
    "TaskVerdict",
    "Trap",
    "differences",
    "drop_unknown",
    "fate_of_tasks",
    "intent",
    "is_job",
    "is_task_dirty",
    "live_refusals",
    "merge",
    "node_matches",
    "plan",
    "plan_creation",
    "rebased",
    "refusal",
    "release_of",
    "unknown_keys",
    "version_of",
    "why_dirty",
    "with_credentials",
]
