"""Services: the heart of the heart."""

from swarmwire import engine, pb
from swarmwire.convert import older
from swarmwire.convert._entry import entry
from swarmwire.convert._nested import fill_one, text_map
from swarmwire.convert._reading import Reading
from swarmwire.convert.common import (
    annotations_to_grpc,
    read_optional_time,
    read_time,
    stored_from_grpc,
)
from swarmwire.convert.endpoint import (
    attachment_config_from_grpc,
    endpoint_from_grpc,
    endpoint_spec_from_grpc,
    endpoint_spec_to_grpc,
)
from swarmwire.convert.enums import UPDATE_STATE
from swarmwire.convert.plugin import PLUGIN_KIND
from swarmwire.convert.resources import (
    generic_resource_list,
    generic_resource_to_grpc,
    refuse_formless,
)
from swarmwire.convert.rollout import update_config_from_grpc, update_config_to_grpc
from swarmwire.convert.task import task_spec_from_grpc, task_spec_to_grpc
from swarmwire.engine.copying import deep_copy
from swarmwire.errors import ConvertError, FieldError, UnsupportedRuntime
from swarmwire.expected import expect_each
from swarmwire.releases import AnyRelease


@entry(engine.ServiceSpec, older.service_spec_to_grpc)
def service_spec_to_grpc(
    spec: engine.ServiceSpec, *, name: str = "", lossless: bool = False, release: AnyRelease = None
) -> pb.ServiceSpec:
    """The spec that a manager is sent.

    A service without a name gets ``name``, or without that one made from its content: the engine
    picks one at random, this one is the same each time. ``lossless`` keeps what SwarmKit's
    messages can hold and the engine forgets: three bind options and the consistency of mounts.
    The top-level ``Networks`` are not read; see ``engine.adjust_for_api_version``.

    Raises:
        UnsupportedRuntime: at ``TaskTemplate.Runtime``.
        MismatchedRuntime: at ``TaskTemplate.ContainerSpec`` or ``.PluginSpec``: it is missing.
        ConvertError: kinds "unknown", "conflict" and "missing", at the field, in the engine's
            words and order; where the engine crashes, kind "crash".

    Source: moby convert/service.go, ServiceSpecToGRPC.
    """
    out = pb.ServiceSpec()
    annotations_to_grpc(spec.name or name, spec.labels, out.annotations)
    template = spec.task_template
    try:
        replicated = spec.mode.replicated is not None
        task_spec_to_grpc(template, out.task, replicated=replicated, lossless=lossless)
    except FieldError as err:
        raise err.under("TaskTemplate") from None
    if spec.update_config is not None:
        fill_one("UpdateConfig", spec.update_config, out.update, update_config_to_grpc)
    if spec.rollback_config is not None:
        fill_one("RollbackConfig", spec.rollback_config, out.rollback, update_config_to_grpc)
    if spec.endpoint_spec is not None:
        fill_one("EndpointSpec", spec.endpoint_spec, out.endpoint, endpoint_spec_to_grpc)
    service_mode_to_grpc(spec, out)
    if template.resources is not None and template.resources.reservations is not None:
        try:
            refuse_formless(template.resources.reservations.generic_resources)
        except FieldError as err:
            steps = ("TaskTemplate", "Resources", "Reservations", "GenericResources")
            raise err.under(*steps) from None
    if not out.annotations.name:
        out.annotations.name = invented_name(out)
    return out


@entry(pb.ServiceSpec, older.service_spec_from_grpc)
def service_spec_from_grpc(
    spec: pb.ServiceSpec, *, lossless: bool = False, release: AnyRelease = None
) -> engine.ServiceSpec:
    """The spec as the engine shows it.

    Raises:
        UnsupportedRuntime: at ``TaskTemplate.Runtime``: no runtime, an attachment, or a generic
            one that is not a plugin.
        ConvertError: kind "missing" or "type" at ``TaskTemplate.PluginSpec``; kind "range" at
            ``UpdateConfig.Delay``.

    Source: moby convert/service.go, serviceSpecFromGRPC.
    """
    return read_service_spec(spec, Reading(lossless=lossless))


def read_service_spec(spec: pb.ServiceSpec, reading: Reading) -> engine.ServiceSpec:
    """As ``service_spec_from_grpc``, within a conversion."""
    try:
        task = spec.task
        template = task_spec_from_grpc(task, reading)
        is_container = template.container_spec is not None
        template.runtime = "container" if is_container else _service_runtime(task)
    except FieldError as err:
        raise err.under("TaskTemplate") from None
    if not template.networks and spec.networks:
        template.networks = [attachment_config_from_grpc(network) for network in spec.networks[:]]
    annotations = spec.annotations
    out = engine.ServiceSpec(
        name=annotations.name,
        labels=text_map(annotations.labels),
        task_template=template,
        mode=service_mode_from_grpc(spec),
    )
    try:
        if spec.HasField("update"):
            out.update_config = reading.part(update_config_from_grpc, spec.update)
    except FieldError as err:
        raise err.under("UpdateConfig") from None
    try:
        if spec.HasField("rollback"):
            out.rollback_config = reading.part(update_config_from_grpc, spec.rollback)
    except FieldError as err:
        raise err.under("RollbackConfig") from None
    if spec.HasField("endpoint"):
        out.endpoint_spec = reading.part(endpoint_spec_from_grpc, spec.endpoint)
    return out


@entry(pb.Service, older.service_from_grpc)
def service_from_grpc(
    service: pb.Service, *, lossless: bool = False, release: AnyRelease = None
) -> engine.Service:
    """A service as the engine shows it.

    Raises:
        UnsupportedRuntime, ConvertError: as ``service_spec_from_grpc``, under ``Spec`` or
            ``PreviousSpec``; kind "range" at a time that JSON cannot say.

    Source: moby convert/service.go, ServiceFromGRPC.
    """
    return read_service(service, Reading(lossless=lossless))


def read_service(service: pb.Service, reading: Reading) -> engine.Service:
    """As ``service_from_grpc``, within a conversion."""
    try:
        spec = read_service_spec(service.spec, reading)
    except FieldError as err:
        raise err.under("Spec") from None
    out = engine.Service(
        **stored_from_grpc(service.id, service.meta),
        spec=spec,
        previous_spec=_previous_spec_from_grpc(service, spec, reading),
        endpoint=endpoint_from_grpc(service.endpoint, reading),
    )
    if service.HasField("update_status"):
        out.update_status = update_status_from_grpc(service.update_status)
    if service.HasField("job_status"):
        out.job_status = job_status_from_grpc(service.job_status)
    return out


def _previous_spec_from_grpc(
    service: pb.Service, spec: engine.ServiceSpec, reading: Reading
) -> engine.ServiceSpec | None:
    if not service.HasField("previous_spec"):
        return None
    previous_spec = service.previous_spec
    # Each `docker stack deploy` updates every service, so the two are often the same.
    if previous_spec == service.spec:
        return spec if reading.shares else deep_copy(spec)
    try:
        return read_service_spec(previous_spec, reading)
    except FieldError as err:
        raise err.under("PreviousSpec") from None


def service_mode_to_grpc(spec: engine.ServiceSpec, out: pb.ServiceSpec) -> None:
    """Set one of the four modes; none given is one replica, a plugin is always global.

    Source: moby convert/service.go, ServiceSpecToGRPC.
    """
    mode = spec.mode
    is_global = mode.global_ is not None or spec.task_template.runtime == "plugin"
    others = (mode.replicated, mode.replicated_job, mode.global_job)
    if is_global + 3 - others.count(None) > 1:
        raise ConvertError("conflict", "must specify only one service mode", "Mode")
    if is_global:
        getattr(out, "global").SetInParent()
    elif mode.global_job is not None:
        out.global_job.SetInParent()
    elif mode.replicated_job is not None:
        job = mode.replicated_job
        at_once = 1 if job.max_concurrent is None else job.max_concurrent
        in_all = at_once if job.total_completions is None else job.total_completions
        out.replicated_job.max_concurrent = at_once
        out.replicated_job.total_completions = in_all
    elif mode.replicated is not None and mode.replicated.replicas is not None:
        out.replicated.replicas = mode.replicated.replicas
    else:
        out.replicated.replicas = 1


def service_mode_from_grpc(spec: pb.ServiceSpec) -> engine.ServiceMode:
    """Source: moby convert/service.go, serviceSpecFromGRPC."""
    match spec.WhichOneof("mode"):
        case "replicated":
            replicas = spec.replicated.replicas
            return engine.ServiceMode(replicated=engine.ReplicatedService(replicas=replicas))
        case "global":
            return engine.ServiceMode(global_=engine.GlobalService())
        case "replicated_job":
            job = spec.replicated_job
            return engine.ServiceMode(
                replicated_job=engine.ReplicatedJob(
                    max_concurrent=job.max_concurrent, total_completions=job.total_completions
                )
            )
        case "global_job":
            return engine.ServiceMode(global_job=engine.GlobalJob())
    return engine.ServiceMode()


def _service_runtime(spec: pb.TaskSpec) -> str:
    """The runtime, other than a container, as a service names it; in tasks, plugins are not named.

    Source: moby convert/service.go, serviceSpecFromGRPC.
    """
    runtime = spec.WhichOneof("runtime")
    if runtime == "generic":
        if spec.generic.kind == PLUGIN_KIND:
            return PLUGIN_KIND
        if not spec.generic.HasField("payload"):
            raise ConvertError("crash", "a generic runtime without a payload", "Runtime")
        type_url = spec.generic.payload.type_url
        raise UnsupportedRuntime(f"unknown task runtime type: {type_url}", "Runtime")
    go_type = "*api.TaskSpec_Attachment" if runtime == "attachment" else "<nil>"
    reason = f"error creating service; unsupported runtime {go_type}"
    raise UnsupportedRuntime(reason, "Runtime")


def update_status_from_grpc(status: pb.UpdateStatus) -> engine.UpdateStatus:
    """Source: moby convert/service.go, ServiceFromGRPC."""
    try:
        return engine.UpdateStatus(
            state=UPDATE_STATE.word[status.state],
            started_at=read_optional_time("StartedAt", status.started_at),
            completed_at=read_optional_time("CompletedAt", status.completed_at),
            message=status.message,
        )
    except FieldError as err:
        raise err.under("UpdateStatus") from None


def job_status_from_grpc(status: pb.JobStatus) -> engine.JobStatus:
    """Source: moby convert/service.go, ServiceFromGRPC."""
    try:
        return engine.JobStatus(
            job_iteration=engine.Version(index=status.job_iteration.index),
            last_execution=read_time("LastExecution", status.last_execution),
        )
    except FieldError as err:
        raise err.under("JobStatus") from None


def invented_name(spec: pb.ServiceSpec) -> str:
    """A name for a service without one, from its content."""
    content = spec.SerializeToString(deterministic=True)
    from hashlib import sha256  # noqa: PLC0415 - slow to import, and services have names

    return f"service-{sha256(content).hexdigest()[:12]}"


@entry(list, older.unchanged)
def generic_resources_to_grpc(
    resources: list[engine.GenericResource], *, release: AnyRelease = None
) -> list[pb.GenericResource]:
    """One message per resource; of a resource with both forms the discrete one counts.

    Raises:
        ConvertError: kind "crash" at ``[index]``: a resource with neither form, on which the
            engine crashes.

    Source: moby convert/service.go, GenericResourcesToGRPC.
    """
    expect_each(engine.GenericResource, resources)
    refuse_formless(resources)
    out = [pb.GenericResource() for _ in resources]
    for resource, message in zip(resources, out, strict=True):
        generic_resource_to_grpc(resource, message)
    return out


@entry(list, older.unchanged)
def generic_resources_from_grpc(
    resources: list[pb.GenericResource], *, release: AnyRelease = None
) -> list[engine.GenericResource]:
    """One resource per message.

    Source: moby convert/service.go, GenericResourcesFromGRPC.
    """
    expect_each(pb.GenericResource, resources)
    return generic_resource_list(resources)
