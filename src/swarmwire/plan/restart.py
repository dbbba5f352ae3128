"""SwarmKit's own rule for which tasks an update replaces, and why.

Source: SwarmKit manager/orchestrator/task.go, IsTaskDirty.
"""

from typing import Literal

import msgspec

from swarmwire import pb
from swarmwire.plan._equality import (
    endpoint_of,
    known,
    placement_alone_differs,
    same_endpoint,
    same_task,
    spec_of_endpoint,
)
from swarmwire.plan._states import READY, RUNNING
from swarmwire.plan._walk import Change, endpoint_changes, task_changes
from swarmwire.plan.constraints import node_matches

Cause = Literal["spec", "endpoint", "constraints", "no-node", "node-unknown"]


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason for which a manager replaces a task.

    Attributes:
        cause: ``spec``: the task's own spec has another value than the service's; ``endpoint``:
            the task has another endpoint; ``constraints``: its node no longer satisfies them;
            ``no-node``: nothing but the placement differs, and the task has no node yet;
            ``node-unknown``: nothing but the placement differs, and its node is not known here.
        path: which field of the service's spec.
    """

    cause: Cause
    path: str


def is_task_dirty(service: pb.Service, task: pb.Task, node: pb.Node | None) -> bool:
    """Whether a manager replaces ``task`` once the service is ``service``.

    ``node`` is the task's node; None if it has none, or if it is gone.

    Source: SwarmKit manager/orchestrator/task.go, IsTaskDirty.
    """
    if has_spec_version_of(service, task):
        return False
    old, new = task.spec, service.spec.task
    if placement_alone_differs(old, new) and is_satisfied(service, node):
        return False
    if not same_task(old, wanted_spec(service, task)):
        return True
    return not _has_endpoint_of(service, task)


def why_dirty(service: pb.Service, task: pb.Task, node: pb.Node | None) -> tuple[Reason, ...]:
    """Why a manager replaces ``task``, in the order of the spec; empty if it keeps it."""
    if not is_task_dirty(service, task, node):
        return ()
    changes = list(task_changes(task.spec, wanted_spec(service, task)))
    if placement_alone_differs(task.spec, service.spec.task):
        return tuple(_placement_reason(change, task, node) for change in changes)
    reasons = [Reason(cause="spec", path=change.path) for change in changes]
    if not _has_endpoint_of(service, task):
        old = spec_of_endpoint(task.endpoint)
        new = endpoint_of(service.spec)
        reasons += [
            Reason(cause="endpoint", path=change.path) for change in endpoint_changes(old, new)
        ]
    return tuple(reasons)


def has_spec_version_of(service: pb.Service, task: pb.Task) -> bool:
    """Whether the task was made from the very spec that the service has."""
    both = service.HasField("spec_version") and task.HasField("spec_version")
    return both and service.spec_version.index == task.spec_version.index


def is_satisfied(service: pb.Service, node: pb.Node | None) -> bool:
    """Whether there is a node, and it satisfies the constraints of the service."""
    return node is not None and node_matches(service.spec.task.placement.constraints, node)


def wanted_spec(service: pb.Service, task: pb.Task) -> pb.TaskSpec:
    """The spec that the task is compared with: pull options are moot once it has its image."""
    wanted = known(service.spec.task)
    containers = wanted.HasField("container") and task.spec.HasField("container")
    if containers and _has_pulled(task):
        wanted.container.ClearField("pull_options")
        if task.spec.container.HasField("pull_options"):
            wanted.container.pull_options.CopyFrom(task.spec.container.pull_options)
    return wanted


def _has_pulled(task: pb.Task) -> bool:
    return task.desired_state <= RUNNING and READY <= task.status.state <= RUNNING


def _has_endpoint_of(service: pb.Service, task: pb.Task) -> bool:
    return not task.HasField("endpoint") or same_endpoint(
        spec_of_endpoint(task.endpoint), endpoint_of(service.spec)
    )


def _placement_reason(change: Change, task: pb.Task, node: pb.Node | None) -> Reason:
    cause: Cause = "constraints"
    if node is None:
        cause = "node-unknown" if task.node_id else "no-node"
    return Reason(cause=cause, path=change.path)
