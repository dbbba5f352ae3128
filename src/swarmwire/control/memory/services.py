"""Services: what a manager does to one that is created, changed or removed.

Source: SwarmKit controlapi, service.go.
"""

from collections.abc import Sequence

from swarmwire import pb
from swarmwire.control.errors import control_error
from swarmwire.control.memory.store import COMPLETE, RUNNING, MemoryStore, as_answer
from swarmwire.rules import (
    Stored,
    validate_service_create,
    validate_service_spec,
    validate_service_update,
)

_JOBS = ("replicated_job", "global_job")


def create_service(store: MemoryStore, request: pb.CreateServiceRequest) -> pb.Service:
    """Store a new service."""
    spec = request.spec if request.HasField("spec") else None
    as_answer(lambda: validate_service_create(spec, _stored(store, spec)))
    service = pb.Service(spec=request.spec)
    service.spec_version.SetInParent()
    if request.spec.WhichOneof("mode") in _JOBS:
        service.job_status.job_iteration.SetInParent()
        _set_now(service.job_status.last_execution, store)
    store.put(service)
    return service


def update_service(store: MemoryStore, request: pb.UpdateServiceRequest) -> pb.Service:
    """Replace the spec, or swap it with the one before."""
    if not request.service_id or not request.HasField("service_version"):
        raise control_error("InvalidArgument", "invalid argument")
    spec = request.spec if request.HasField("spec") else None
    old = store.get("service", request.service_id)
    if old is None:
        as_answer(lambda: validate_service_spec(spec))
        raise control_error("NotFound", f"service {request.service_id} not found")
    rolls_back = request.rollback == pb.UpdateServiceRequest.PREVIOUS
    stored = _stored(store, spec)
    as_answer(lambda: validate_service_update(old, spec, stored, rollback=rolls_back))
    if request.service_version.index != old.meta.version.index:
        raise control_error("Unknown", "update out of sequence")
    new = _rolled_back(old, store) if rolls_back else _updated(old, request, store)
    store.put(new)
    return new


def service_statuses(
    store: MemoryStore, request: pb.ListServiceStatusesRequest
) -> pb.ListServiceStatusesResponse:
    """How many tasks each service wants and has."""
    out = pb.ListServiceStatusesResponse()
    for id_ in request.services:
        _count(out.statuses.add(service_id=id_), store.get("service", id_), store.tasks_of(id_))
    return out


def _count(
    status: pb.ListServiceStatusesResponse.ServiceStatus,
    service: pb.Service | None,
    tasks: Sequence[pb.Task],
) -> None:
    mode = service.spec.WhichOneof("mode") if service is not None else ""
    if service is not None and mode == "replicated":
        status.desired_tasks = service.spec.replicated.replicas
    elif service is not None and mode == "replicated_job":
        status.desired_tasks = service.spec.replicated_job.max_concurrent
    for task in tasks:
        if service is not None and mode in _JOBS:
            if task.job_iteration.index != service.job_status.job_iteration.index:
                continue
            status.completed_tasks += task.status.state == COMPLETE
        status.running_tasks += task.status.state == RUNNING
        if mode in ("global", "global_job"):
            unfinished = task.desired_state == COMPLETE != task.status.state
            status.desired_tasks += task.desired_state == RUNNING or unfinished


def _updated(old: pb.Service, request: pb.UpdateServiceRequest, store: MemoryStore) -> pb.Service:
    new = _with_previous(old, store)
    new.spec.CopyFrom(request.spec)
    new.spec_version.CopyFrom(request.service_version)
    new.ClearField("update_status")
    return new


def _rolled_back(old: pb.Service, store: MemoryStore) -> pb.Service:
    new = _with_previous(old, store)
    new.spec.CopyFrom(old.previous_spec)
    new.spec_version.CopyFrom(old.previous_spec_version)
    new.update_status.state = pb.UpdateStatus.ROLLBACK_STARTED
    new.update_status.message = "manually requested rollback"
    new.update_status.ClearField("completed_at")
    _set_now(new.update_status.started_at, store)
    return new


def _with_previous(old: pb.Service, store: MemoryStore) -> pb.Service:
    new = pb.Service()
    new.CopyFrom(old)
    new.previous_spec.CopyFrom(old.spec)
    new.previous_spec_version.CopyFrom(old.spec_version)
    if old.spec.WhichOneof("mode") in _JOBS:
        new.job_status.job_iteration.index += 1
        _set_now(new.job_status.last_execution, store)
    return new


def _stored(store: MemoryStore, spec: pb.ServiceSpec | None) -> Stored:
    """What a spec is checked against: of all services those of its name, or with its ports."""
    rivals: dict[str, pb.Service] = {}
    if spec is not None:
        rivals = {one.id: one for one in store.named("service", spec.annotations.name)}
        for port in spec.endpoint.ports:
            rivals |= {one.id: one for one in store.publishing(port.published_port)}
    return Stored(
        services=[one for _, one in sorted(rivals.items())],
        secrets=store.all("secret"),
        configs=store.all("config"),
        networks=store.all("network"),
    )


def _set_now(stamp: pb.Timestamp, store: MemoryStore) -> None:
    stamp.seconds, stamp.nanos = divmod(store.now(), 1_000_000_000)
