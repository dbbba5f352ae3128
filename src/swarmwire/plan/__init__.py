"""What an update of a service changes, and which tasks it restarts. Pure.

``plan`` answers for a whole update; ``is_task_dirty`` is SwarmKit's own rule for one task.
"""

from swarmwire.plan._counts import Counts
from swarmwire.plan._exactness import Exactness
from swarmwire.plan._plan import Plan, plan
from swarmwire.plan._refusal import Refusal
from swarmwire.plan._trap import Trap
from swarmwire.plan.constraints import node_matches
from swarmwire.plan.differences import Difference, differences
from swarmwire.plan.effects import Effect
from swarmwire.plan.restart import Reason, is_task_dirty, why_dirty
from swarmwire.plan.rollout import Rollout
from swarmwire.plan.tasks import TaskVerdict

__all__ = [
    "Counts",
    "Difference",
    "Effect",
    "Exactness",
    "Plan",
    "Reason",
    "Refusal",
    "Rollout",
    "TaskVerdict",
    "Trap",
    "differences",
    "is_task_dirty",
    "node_matches",
    "plan",
    "why_dirty",
]
