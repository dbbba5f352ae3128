"""How large requests and services of a swarm in memory may be."""

from typing import Any, Final

from swarmwire import pb
from swarmwire.control.errors import control_error
from swarmwire.errors import InvalidSpec
from swarmwire.rules import validate_service_spec

MOST_TASKS: Final = 20_000
"""Tasks of one service. A manager has no such bound: it runs out of memory, or of time."""

_MOST_BYTES: Final = 4 << 20
"""Of a message that gRPC takes, unless it is told otherwise; managers do not tell it."""


def refuse_too_large(request: Any) -> None:
    """Refuse a request that no manager would be handed, or that fits into no swarm in memory.

    Raises:
        ControlError: ``ResourceExhausted``.

    Source: google.golang.org/grpc, rpc_util.go and the default of MaxRecvMsgSize.
    """
    size = request.ByteSize()
    if size > _MOST_BYTES:
        text = f"grpc: received message larger than max ({size} vs. {_MOST_BYTES})"
        raise control_error("ResourceExhausted", text)
    if isinstance(request, pb.CreateServiceRequest | pb.UpdateServiceRequest):
        _refuse_too_many_tasks(request.spec)


def _refuse_too_many_tasks(spec: pb.ServiceSpec) -> None:
    wanted = max(spec.replicated.replicas, spec.replicated_job.total_completions)
    wanted = max(wanted, spec.replicated_job.max_concurrent)
    if wanted > MOST_TASKS and _is_valid(spec):
        text = f"a service of a swarm in memory has {MOST_TASKS} tasks at most, not {wanted}"
        raise control_error("ResourceExhausted", text)


def _is_valid(spec: pb.ServiceSpec) -> bool:
    """Whether a manager has nothing to say against a spec by itself: it would say that first."""
    try:
        validate_service_spec(spec)
    except InvalidSpec:
        return False
    return True
