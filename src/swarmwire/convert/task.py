"""Tasks, and the template by which a service makes them."""

from swarmwire import engine, pb
from swarmwire.convert import older
from swarmwire.convert._entry import entry
from swarmwire.convert._nested import fill_each, fill_one, read_each, text_map
from swarmwire.convert._net import read_prefix
from swarmwire.convert._reading import Reading
from swarmwire.convert.common import (
    driver_from_grpc,
    driver_to_grpc,
    read_time,
    stored_from_grpc,
)
from swarmwire.convert.container import container_spec_from_grpc, container_spec_to_grpc
from swarmwire.convert.endpoint import (
    attachment_config_from_grpc,
    attachment_config_to_grpc,
    port_config_from_grpc,
)
from swarmwire.convert.enums import TASK_STATE
from swarmwire.convert.network import attached_network_from_grpc
from swarmwire.convert.placement import placement_from_grpc, placement_to_grpc
from swarmwire.convert.plugin import PLUGIN_KIND, plugin_spec_from_grpc, plugin_spec_to_grpc
from swarmwire.convert.resources import (
    generic_resource_list,
    resources_from_grpc,
    resources_to_grpc,
)
from swarmwire.convert.rollout import restart_policy_from_grpc, restart_policy_to_grpc
from swarmwire.errors import ConvertError, FieldError, MismatchedRuntime, UnsupportedRuntime
from swarmwire.releases import AnyRelease


def task_spec_to_grpc(
    spec: engine.TaskSpec, out: pb.TaskSpec, *, replicated: bool, lossless: bool
) -> None:
    """Fill ``out``; the first error is the one that the engine meets first.

    ``replicated`` tells the mode of the service, which a plugin must not have.

    Source: moby convert/service.go, ServiceSpecToGRPC.
    """
    out.SetInParent()
    if spec.networks:
        fill_each("Networks", spec.networks, out.networks, attachment_config_to_grpc)
    if spec.resources is not None:
        fill_one("Resources", spec.resources, out.resources, resources_to_grpc)
    if spec.log_driver is not None:
        driver_to_grpc(spec.log_driver, out.log_driver)
    if spec.force_update:
        out.force_update = spec.force_update
    _runtime_to_grpc(spec, out, replicated=replicated, lossless=lossless)
    if spec.restart_policy is not None:
        fill_one("RestartPolicy", spec.restart_policy, out.restart, restart_policy_to_grpc)
    if spec.placement is not None:
        placement_to_grpc(spec.placement, out.placement)


def task_spec_from_grpc(spec: pb.TaskSpec, reading: Reading) -> engine.TaskSpec:
    """The template or a task's own spec; ``runtime`` is set for attachments only.

    Source: moby convert/service.go, taskSpecFromGRPC.
    """
    out = engine.TaskSpec(
        resources=resources_from_grpc(spec),
        networks=[attachment_config_from_grpc(network) for network in spec.networks[:]],
        force_update=spec.force_update,
    )
    has = spec.HasField
    if has("restart"):
        out.restart_policy = restart_policy_from_grpc(spec.restart)
    if has("placement"):
        out.placement = reading.part(placement_from_grpc, spec.placement)
    if has("log_driver"):
        out.log_driver = driver_from_grpc(spec.log_driver)
    match spec.WhichOneof("runtime"):
        case "container":
            out.container_spec = container_spec_from_grpc(spec.container, reading)
        case "generic" if spec.generic.kind == PLUGIN_KIND:
            try:
                out.plugin_spec = plugin_spec_from_grpc(spec.generic)
            except FieldError as err:
                raise err.under("PluginSpec") from None
        case "attachment":
            out.network_attachment_spec = engine.NetworkAttachmentSpec(
                container_id=spec.attachment.container_id
            )
            out.runtime = "attachment"
    return out


def _runtime_to_grpc(
    spec: engine.TaskSpec, out: pb.TaskSpec, *, replicated: bool, lossless: bool
) -> None:
    if spec.runtime in ("container", ""):
        if spec.container_spec is None:
            raise MismatchedRuntime().under("ContainerSpec")
        container = out.container
        try:
            container_spec_to_grpc(spec.container_spec, container, lossless=lossless)
        except FieldError as err:
            raise err.under("ContainerSpec") from None
        if spec.resources is not None and spec.resources.limits is not None:
            container.pidsLimit = spec.resources.limits.pids
    elif spec.runtime == "plugin":
        if spec.plugin_spec is None:
            raise MismatchedRuntime().under("PluginSpec")
        if replicated:
            raise ConvertError("conflict", "plugins must not use replicated mode", "Runtime")
        fill_one("PluginSpec", spec.plugin_spec, out.generic, plugin_spec_to_grpc)
    else:
        raise UnsupportedRuntime().under("Runtime")


@entry(pb.Task, older.task_from_grpc)
def task_from_grpc(
    task: pb.Task, *, lossless: bool = False, release: AnyRelease = None
) -> engine.Task:
    """A task as the engine shows it.

    ``lossless`` keeps what the message holds and the engine leaves out.

    Raises:
        ConvertError: kind "missing" or "type" at ``Spec.PluginSpec``: a plugin without a readable
            payload; kind "range" at a time that JSON cannot say.

    Source: moby convert/task.go, TaskFromGRPC.
    """
    try:
        spec = task_spec_from_grpc(task.spec, Reading(lossless=lossless))
    except FieldError as err:
        raise err.under("Spec") from None
    out = engine.Task(
        **stored_from_grpc(task.id, task.meta),
        name=task.annotations.name,
        labels=text_map(task.annotations.labels),
        spec=spec,
        service_id=task.service_id,
        slot=(task.slot + 2**63) % 2**64 - 2**63,
        node_id=task.node_id,
        status=task_status_from_grpc(task.status),
        desired_state=TASK_STATE.word[task.desired_state],
        networks_attachments=read_each(
            "NetworksAttachments", task.networks, network_attachment_from_grpc
        ),
        generic_resources=generic_resource_list(task.assigned_generic_resources),
    )
    if task.HasField("job_iteration"):
        out.job_iteration = engine.Version(index=task.job_iteration.index)
    if task.volumes:
        out.volumes = [volume_attachment_from_grpc(volume) for volume in task.volumes[:]]
    return out


def task_status_from_grpc(status: pb.TaskStatus) -> engine.TaskStatus:
    """Source: moby convert/task.go, TaskFromGRPC."""
    try:
        timestamp = read_time("Timestamp", status.timestamp)
    except FieldError as err:
        raise err.under("Status") from None
    out = engine.TaskStatus(
        timestamp=timestamp,
        state=TASK_STATE.word[status.state],
        message=status.message,
        err=status.err,
        port_status=engine.PortStatus(
            ports=[port_config_from_grpc(port) for port in status.port_status.ports[:]]
        ),
    )
    if status.HasField("container"):
        container = status.container
        out.container_status = engine.ContainerStatus(
            container_id=container.container_id, pid=container.pid, exit_code=container.exit_code
        )
    return out


def network_attachment_from_grpc(attachment: pb.NetworkAttachment) -> engine.NetworkAttachment:
    """Source: moby convert/network.go, networkAttachmentFromGRPC."""
    out = engine.NetworkAttachment(
        addresses=[read_prefix(address) for address in attachment.addresses[:]]
    )
    if attachment.HasField("network"):
        try:
            out.network = attached_network_from_grpc(attachment.network)
        except FieldError as err:
            raise err.under("Network") from None
    return out


def volume_attachment_from_grpc(volume: pb.VolumeAttachment) -> engine.VolumeAttachment:
    """Source: moby convert/task.go, TaskFromGRPC."""
    return engine.VolumeAttachment(id=volume.id, source=volume.source, target=volume.target)
