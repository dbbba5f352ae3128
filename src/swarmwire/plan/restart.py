"""SwarmKit's own rule for which tasks an update replaces, and why.

Messages are equal as a manager sees it, by Go's reflect.DeepEqual on what it has decoded: an absent
message differs from an empty one, the order of lists counts, that of maps does not, and fields that
the schema does not know were dropped when the manager read the message. Go can also tell empty
bytes from absent ones; no manager sends such a message, and protobuf cannot hold one.

Source: SwarmKit manager/orchestrator/task.go, IsTaskDirty.
"""

from collections.abc import Iterator
from types import NoneType
from typing import Final, Literal

import msgspec

from swarmwire import pb
from swarmwire.convert.enums import TASK_STATE
from swarmwire.errors import InvalidSpec
from swarmwire.expected import expect
from swarmwire.releases import NEWEST, AnyRelease, Release, as_release
from swarmwire.releases.messages import known_to
from swarmwire.releases.quirks import does
from swarmwire.scheduling import node_matches
from swarmwire.spec import FieldDifference, field_differences, without_unknown_fields

Cause = Literal["spec", "endpoint", "constraints", "no-node", "node-unknown"]

RUNNING: Final = TASK_STATE.words["running"]

_READY: Final = TASK_STATE.words["ready"]
_JOBS: Final = frozenset({"replicated_job", "global_job"})


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


def is_task_dirty(
    service: pb.Service, task: pb.Task, node: pb.Node | None, *, release: AnyRelease = None
) -> bool:
    """Whether a manager replaces ``task`` once the service is ``service``.

    ``node`` is the task's node; None if it has none, or if it is gone. ``release`` is that of the
    manager's engine, the newest unless it is given.

    Raises:
        InvalidSpec: kind "crash" at ``TaskTemplate.Placement``: managers before 29.7 crash when
            they look at it.
        ConvertError: kind "type": an argument is not such a message.

    Source: SwarmKit manager/orchestrator/task.go, IsTaskDirty.
    """
    _expect(service, task, node)
    known = as_release(release)
    return _is_dirty(known_to(service, known), known_to(task, known), node, known)


def why_dirty(
    service: pb.Service, task: pb.Task, node: pb.Node | None, *, release: AnyRelease = None
) -> tuple[Reason, ...]:
    """Why a manager replaces ``task``, in the order of the spec; empty if it keeps it.

    Raises:
        InvalidSpec: as ``is_task_dirty``.
    """
    _expect(service, task, node)
    known = as_release(release)
    service, task = known_to(service, known), known_to(task, known)
    if not _is_dirty(service, task, node, known):
        return ()
    wanted = wanted_spec(service, task, known)
    found = list(field_differences(task.spec, wanted, at=("TaskTemplate",)))
    if placement_alone_differs(task.spec, service.spec.task):
        return tuple(_placement_reason(each, task, node) for each in found)
    reasons = [Reason(cause="spec", path=each.path) for each in found]
    if not _has_endpoint_of(service, task):
        reasons += _endpoint_reasons(service, task)
    return tuple(reasons)


def _expect(service: object, task: object, node: object) -> None:
    expect(pb.Service, service)
    expect(pb.Task, task)
    expect((pb.Node, NoneType), node)


def _is_dirty(service: pb.Service, task: pb.Task, node: pb.Node | None, release: Release) -> bool:
    if has_spec_version_of(service, task):
        return False
    old, new = task.spec, service.spec.task
    spared = placement_alone_differs(old, new) and not does(release, "placement-restarts")
    if spared and node is not None and not new.HasField("placement"):
        _refuse_lost_placement(release)
    if spared and is_satisfied(service, node):
        return False
    if not same_task(old, wanted_spec(service, task, release)):
        return True
    return not _has_endpoint_of(service, task)


def _refuse_lost_placement(release: Release) -> None:
    if does(release, "lost-placement-crashes"):
        reason = "the manager crashes on a service that loses its whole placement"
        raise InvalidSpec("Unavailable", reason, "TaskTemplate", "Placement", kind="crash")


def is_job(spec: pb.ServiceSpec) -> bool:
    """Whether the service runs to an end, and again at every update."""
    expect(pb.ServiceSpec, spec)
    return spec.WhichOneof("mode") in _JOBS


def same_task(old: pb.TaskSpec, new: pb.TaskSpec) -> bool:
    """Whether a manager holds two task specs for equal."""
    return without_unknown_fields(old) == without_unknown_fields(new)


def placement_alone_differs(old: pb.TaskSpec, new: pb.TaskSpec) -> bool:
    """Whether the placement differs, and nothing else of the task spec.

    Source: SwarmKit manager/orchestrator/task.go, IsTaskDirtyPlacementConstraintsOnly.
    """
    return not same_task(old, new) and _without_placement(old) == _without_placement(new)


def has_spec_version_of(service: pb.Service, task: pb.Task) -> bool:
    """Whether the task was made from the very spec that the service has."""
    both = service.HasField("spec_version") and task.HasField("spec_version")
    return both and service.spec_version.index == task.spec_version.index


def is_satisfied(service: pb.Service, node: pb.Node | None) -> bool:
    """Whether there is a node, and it satisfies the constraints of the service."""
    return node is not None and node_matches(service.spec.task.placement.constraints, node)


def wanted_spec(service: pb.Service, task: pb.Task, release: Release = NEWEST) -> pb.TaskSpec:
    """The spec that the task is compared with: pull options are moot once it has its image."""
    wanted = without_unknown_fields(service.spec.task)
    containers = wanted.HasField("container") and task.spec.HasField("container")
    if containers and _has_pulled(task) and not does(release, "pull-options-count"):
        wanted.container.ClearField("pull_options")
        if task.spec.container.HasField("pull_options"):
            wanted.container.pull_options.CopyFrom(task.spec.container.pull_options)
    return wanted


def _has_pulled(task: pb.Task) -> bool:
    return task.desired_state <= RUNNING and _READY <= task.status.state <= RUNNING


def _without_placement(task: pb.TaskSpec) -> pb.TaskSpec:
    out = without_unknown_fields(task)
    out.ClearField("placement")
    return out


def _has_endpoint_of(service: pb.Service, task: pb.Task) -> bool:
    if not task.HasField("endpoint"):
        return True
    old, new = _endpoints(service, task)
    return without_unknown_fields(old) == without_unknown_fields(new)


def _endpoint_reasons(service: pb.Service, task: pb.Task) -> Iterator[Reason]:
    for each in field_differences(*_endpoints(service, task)):
        yield Reason(cause="endpoint", path=each.path)


def _endpoints(service: pb.Service, task: pb.Task) -> tuple[pb.ServiceSpec, pb.ServiceSpec]:
    """The endpoint that a task was made with and that of the service, in specs of nothing else."""
    old, new = pb.ServiceSpec(), pb.ServiceSpec()
    if task.endpoint.HasField("spec"):
        old.endpoint.CopyFrom(task.endpoint.spec)
    if service.spec.HasField("endpoint"):
        new.endpoint.CopyFrom(service.spec.endpoint)
    return old, new


def _placement_reason(each: FieldDifference, task: pb.Task, node: pb.Node | None) -> Reason:
    cause: Cause = "constraints"
    if node is None:
        cause = "node-unknown" if task.node_id else "no-node"
    return Reason(cause=cause, path=each.path)
