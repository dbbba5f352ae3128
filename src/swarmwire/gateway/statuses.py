"""How many tasks of a service there are, run and are done: the ``ServiceStatus`` of lists.

Source: SwarmKit manager/controlapi/service.go, ListServiceStatuses.
"""

from collections.abc import Iterable
from typing import Final

from swarmwire import engine, pb
from swarmwire.gateway.pages import Text

_RUNNING: Final = pb.TaskState.Value("RUNNING")
_COMPLETE: Final = pb.TaskState.Value("COMPLETE")
_JOB_STATUS: Final = b',"JobStatus":{'


def service_status(service: pb.Service, tasks: Iterable[pb.Task]) -> engine.ServiceStatus:
    """The status of a service that has these tasks; of a job those of its present run count."""
    mode = service.spec.WhichOneof("mode")
    wanted = 0
    if mode == "replicated":
        wanted = service.spec.replicated.replicas
    elif mode == "replicated_job":
        wanted = service.spec.replicated_job.max_concurrent
    counts_tasks = mode not in ("replicated", "replicated_job")
    run = service.job_status.job_iteration.index if service.HasField("job_status") else None
    running = completed = 0
    for task in tasks:
        state = task.status.state
        if run is not None:
            if not task.HasField("job_iteration") or task.job_iteration.index != run:
                continue
            completed += state == _COMPLETE
        running += state == _RUNNING
        if counts_tasks:
            desired = task.desired_state
            wanted += desired == _RUNNING or (desired == _COMPLETE and state != _COMPLETE)
    return engine.ServiceStatus(
        running_tasks=running, desired_tasks=wanted, completed_tasks=completed
    )


def status_member(status: engine.ServiceStatus) -> bytes:
    """The status as a member of the JSON of its service."""
    return b',"ServiceStatus":' + engine.encode(status)


def with_status(data: Text, service: pb.Service, member: bytes) -> bytes:
    """The JSON of a service with its status where the engine writes it."""
    at = len(data) - 1
    if service.HasField("job_status"):
        # A quote within a text is escaped, and nothing comes after the status of a job.
        at = bytes(data).rindex(_JOB_STATUS)
    return b"".join((data[:at], member, data[at:]))
