"""How large a service of a swarm in memory may be."""

from typing import Any, Final

from swarmwire import pb
from swarmwire.control.errors import control_error

MOST_TASKS: Final = 20_000
"""Tasks of one service. A manager has no such bound: it runs out of memory, or of time."""


def refuse_too_many_tasks(request: Any) -> None:
    """Refuse a service that wants more tasks than a swarm in memory can have.

    Raises:
        ControlError: ``ResourceExhausted``.
    """
    if not isinstance(request, pb.CreateServiceRequest | pb.UpdateServiceRequest):
        return
    mode = request.spec
    wanted = max(mode.replicated.replicas, mode.replicated_job.total_completions)
    wanted = max(wanted, mode.replicated_job.max_concurrent)
    if wanted > MOST_TASKS:
        text = f"a service of a swarm in memory has {MOST_TASKS} tasks at most, not {wanted}"
        raise control_error("ResourceExhausted", text)
