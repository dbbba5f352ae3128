"""Services: what a manager does to one that is created, changed or removed.

Source: SwarmKit controlapi, service.go.
"""

from itertools import product

from swarmwire import pb
from swarmwire.control.errors import control_error
from swarmwire.control.testing.store import COMPLETE, RUNNING, Store, as_answer
from swarmwire.rules import validate_service_spec, validate_service_spec_update

_JOBS = ("replicated_job", "global_job")


def create_service(store: Store, request: pb.CreateServiceRequest) -> pb.Service:
    """Store a new service; if it has an endpoint, the allocator changes it a moment later."""
    spec = request.spec if request.HasField("spec") else None
    _validate(store, spec)
    name = request.spec.annotations.name
    _refuse_taken_ports(store, request.spec)
    _refuse_missing(store, request.spec)
    if any(one.spec.annotations.name.lower() == name.lower() for one in store.all("service")):
        reason = f"name conflicts with an existing object: service {name} already exists"
        raise control_error("AlreadyExists", reason)
    service = pb.Service(spec=request.spec)
    service.spec_version.SetInParent()
    if request.spec.WhichOneof("mode") in _JOBS:
        service.job_status.job_iteration.SetInParent()
    store.put(service)
    if service.spec.HasField("endpoint"):
        allocated = pb.Service()
        allocated.CopyFrom(service)
        allocated.endpoint.spec.CopyFrom(service.spec.endpoint)
        store.put(allocated, versioned=False)
    return service


def update_service(store: Store, request: pb.UpdateServiceRequest) -> pb.Service:
    """Replace the spec, or swap it with the one before."""
    if not request.service_id or not request.HasField("service_version"):
        raise control_error("InvalidArgument", "invalid argument")
    spec = request.spec if request.HasField("spec") else None
    _validate(store, spec)
    old = store.get("service", request.service_id)
    if old is None:
        raise control_error("NotFound", f"service {request.service_id} not found")
    if request.spec.HasField("endpoint") and request.spec.endpoint != old.spec.endpoint:
        _refuse_taken_ports(store, request.spec, old.id)
    _refuse_missing(store, request.spec)
    as_answer(lambda: validate_service_spec_update(old.spec, request.spec))
    rolls_back = request.rollback == pb.UpdateServiceRequest.PREVIOUS
    if rolls_back and not old.HasField("previous_spec"):
        reason = f"service {old.id} does not have a previous spec"
        raise control_error("FailedPrecondition", reason)
    if request.service_version.index != old.meta.version.index:
        raise control_error("Unknown", "update out of sequence")
    new = _rolled_back(old) if rolls_back else _updated(old, request)
    store.put(new)
    return new


def service_statuses(
    store: Store, request: pb.ListServiceStatusesRequest
) -> pb.ListServiceStatusesResponse:
    """How many tasks each service wants and has."""
    out = pb.ListServiceStatusesResponse()
    for id_ in request.services:
        status = out.statuses.add(service_id=id_)
        tasks = [task for task in store.all("task") if task.service_id == id_]
        running = [task for task in tasks if task.status.state == RUNNING]
        status.running_tasks = len(running)
        service = store.get("service", id_)
        if service is None:
            continue
        mode = service.spec.WhichOneof("mode")
        if mode == "replicated":
            status.desired_tasks = service.spec.replicated.replicas
        elif mode == "replicated_job":
            status.desired_tasks = service.spec.replicated_job.max_concurrent
        else:
            wanted = (RUNNING, COMPLETE)
            status.desired_tasks = sum(task.desired_state in wanted for task in tasks)
        if mode in _JOBS:
            done = [task for task in tasks if task.status.state == COMPLETE]
            status.completed_tasks = len(done)
    return out


def _updated(old: pb.Service, request: pb.UpdateServiceRequest) -> pb.Service:
    new = _with_previous(old)
    new.spec.CopyFrom(request.spec)
    new.spec_version.CopyFrom(request.service_version)
    new.ClearField("update_status")
    return new


def _rolled_back(old: pb.Service) -> pb.Service:
    new = _with_previous(old)
    new.spec.CopyFrom(old.previous_spec)
    new.spec_version.CopyFrom(old.previous_spec_version)
    new.update_status.state = pb.UpdateStatus.ROLLBACK_STARTED
    new.update_status.message = "manually requested rollback"
    new.update_status.started_at.CopyFrom(old.meta.updated_at)
    return new


def _with_previous(old: pb.Service) -> pb.Service:
    new = pb.Service()
    new.CopyFrom(old)
    new.previous_spec.CopyFrom(old.spec)
    new.previous_spec_version.CopyFrom(old.spec_version)
    if old.spec.WhichOneof("mode") in _JOBS:
        new.job_status.job_iteration.index += 1
    return new


def _validate(store: Store, spec: pb.ServiceSpec | None) -> None:
    as_answer(lambda: validate_service_spec(spec))
    assert spec is not None
    ingress = {one.id for one in store.all("network") if one.spec.ingress}
    for network in spec.task.networks:
        if network.target in ingress:
            reason = "Service cannot be explicitly attached to the ingress network"
            raise control_error("InvalidArgument", f'{reason} "ingress"')


def _refuse_missing(store: Store, spec: pb.ServiceSpec) -> None:
    container = spec.task.container
    named = {
        "secret": [(one.secret_id, one.secret_name) for one in container.secrets],
        "config": [(one.config_id, one.config_name) for one in container.configs],
    }
    for kind, references in named.items():
        names = {one.id: one.spec.annotations.name for one in store.all(kind)}
        missing = [name for id_, name in references if names.get(id_) != name]
        if missing:
            kinds = kind if len(missing) == 1 else f"{kind}s"
            reason = f"{kinds} not found: {', '.join(missing)}"
            raise control_error("InvalidArgument", reason)


def _refuse_taken_ports(store: Store, spec: pb.ServiceSpec, own_id: str = "") -> None:
    wanted = [port for port in spec.endpoint.ports if port.published_port]
    for other in store.all("service"):
        ports = [*other.spec.endpoint.ports, *other.endpoint.ports]
        for taken, port in product(ports, wanted):
            if other.id != own_id and _conflict(taken, port):
                ingress = taken.publish_mode == pb.PortConfig.INGRESS
                how = "an ingress port" if ingress else "a host-published port"
                name = other.spec.annotations.name
                reason = f"is already in use by service '{name}' ({other.id}) as {how}"
                raise control_error("InvalidArgument", f"port '{port.published_port}' {reason}")


def _conflict(taken: pb.PortConfig, port: pb.PortConfig) -> bool:
    same = (taken.published_port, taken.protocol) == (port.published_port, port.protocol)
    both_host = taken.publish_mode == port.publish_mode == pb.PortConfig.HOST
    return same and not both_host
