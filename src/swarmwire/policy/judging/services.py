"""A service's spec, judged by all rules on services."""

from typing import Final

from swarmwire import pb
from swarmwire.policy.judging.containers import judge_container
from swarmwire.policy.judging.mounts import judge_mounts
from swarmwire.policy.judging.naming import judge_annotations, judge_service_labels
from swarmwire.policy.judging.reach import judge_logs, judge_networks, judge_ports
from swarmwire.policy.judging.references import judge_references
from swarmwire.policy.judging.resources import (
    judge_mode,
    judge_placement,
    judge_resources,
    judge_restarts,
)
from swarmwire.policy.judging.templates import judge_templates
from swarmwire.policy.judging.unknown import judge_unknown
from swarmwire.policy.scope import Scope
from swarmwire.policy.violation import Violations, violation

_CONTAINER: Final = ("TaskTemplate", "ContainerSpec")


def judge_service(
    spec: pb.ServiceSpec, scope: Scope, *, is_new: bool = False, old_stack: str = ""
) -> Violations:
    """Everything that a spec breaks, in the order of the catalogue.

    Args:
        spec: what will be sent, or is stored.
        scope: what it is judged by.
        is_new: whether the service is being made.
        old_stack: the stack that it belongs to already; nothing if it is new.
    """
    task = spec.task
    yield from judge_unknown("service", spec)
    yield from _runtime(task)
    yield from judge_mounts(task.container, _CONTAINER, scope)
    yield from judge_container(task.container, _CONTAINER, scope)
    yield from judge_templates(task.container, _CONTAINER, scope)
    yield from judge_resources(task, scope)
    yield from judge_networks(spec, scope)
    yield from judge_ports(spec.endpoint, scope)
    yield from judge_logs(task, scope)
    yield from judge_placement(task, scope)
    yield from judge_mode(spec, scope)
    yield from judge_restarts(task, scope)
    yield from _internal(spec)
    annotations = spec.annotations
    yield from judge_annotations(annotations, scope, kind="service", is_new=is_new, old=old_stack)
    yield from judge_service_labels(spec, scope)
    yield from judge_references(task.container, _CONTAINER, scope)


def _runtime(task: pb.TaskSpec) -> Violations:
    runtime = task.WhichOneof("runtime")
    if runtime != "container":
        reason = f"runtime {runtime or 'none'}: only containers are run"
        yield violation("runtime.plugin", ("TaskTemplate", "Runtime"), reason)


def _internal(spec: pb.ServiceSpec) -> Violations:
    """Fields that the Engine API does not have."""
    reason = "a field that the Engine API does not have"
    for attachments, at in (
        (spec.task.networks, ("TaskTemplate", "Networks")),
        (spec.networks, ("Networks",)),
    ):
        for index, attachment in enumerate(attachments):
            if attachment.addresses:
                yield violation("swarmkit.internal", (*at, index, "Addresses"), reason)
    if spec.annotations.indices:
        yield violation("swarmkit.internal", ("Indices",), reason)
    if spec.task.resource_references:
        yield violation("swarmkit.internal", ("TaskTemplate", "ResourceReferences"), reason)
    if spec.task.resources.limits.generic:
        where = ("TaskTemplate", "Resources", "Limits", "GenericResources")
        yield violation("swarmkit.internal", where, reason)
