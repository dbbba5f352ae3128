"""Equality of messages as a manager sees it: Go's reflect.DeepEqual on what it has decoded.

An absent message differs from an empty one, the order of lists counts, that of maps does not, and
fields that the schema does not know were dropped when the manager read the message. Go can also
tell empty bytes from absent ones; no manager sends such a message, and protobuf cannot hold one.
"""

from typing import TypeVar

from swarmwire import pb

_Message = TypeVar("_Message", bound=pb.Message)


def known(message: _Message) -> _Message:
    """A copy without the fields that the schema does not know."""
    out = type(message)()
    out.CopyFrom(message)
    out.DiscardUnknownFields()  # type: ignore[no-untyped-call,unused-ignore]
    return out


def same_task(old: pb.TaskSpec, new: pb.TaskSpec) -> bool:
    """Whether a manager holds two task specs for equal."""
    return known(old) == known(new)


def same_endpoint(old: pb.EndpointSpec | None, new: pb.EndpointSpec | None) -> bool:
    """Whether a manager holds two endpoint specs for equal; None is an absent one."""
    if old is None or new is None:
        return old is new
    return known(old) == known(new)


def without_placement(task: pb.TaskSpec) -> pb.TaskSpec:
    """A copy of the task spec without its placement and without unknown fields."""
    out = known(task)
    out.ClearField("placement")
    return out


def placement_alone_differs(old: pb.TaskSpec, new: pb.TaskSpec) -> bool:
    """Whether the placement differs, and nothing else of the task spec.

    Source: SwarmKit manager/orchestrator/task.go, IsTaskDirtyPlacementConstraintsOnly.
    """
    return not same_task(old, new) and without_placement(old) == without_placement(new)


def spec_of_endpoint(endpoint: pb.Endpoint) -> pb.EndpointSpec | None:
    """The spec that a task's or a service's endpoint was made from."""
    return endpoint.spec if endpoint.HasField("spec") else None


def endpoint_of(spec: pb.ServiceSpec) -> pb.EndpointSpec | None:
    """The endpoint of a service spec."""
    return spec.endpoint if spec.HasField("endpoint") else None
