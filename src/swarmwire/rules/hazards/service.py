"""Service specs that a manager accepts and that break it, or never start.

Source: SwarmKit manager/allocator, manager/state/raft, orchestrator/update; moby executor.
"""

from swarmwire import pb
from swarmwire.rules.go_text import lower, quote
from swarmwire.rules.hazards._hazard import Hazard, Hazards, under
from swarmwire.rules.hazards.container import container_hazards
from swarmwire.rules.hazards.scheduling import placement_hazards, resource_hazards

_MAX_RAFT_ENTRY = 3 * 1024 * 1024 // 2
_MAX_PORT = 0xFFFF
_NEGATIVE = 2**63
_PROTOCOLS = (pb.PortConfig.TCP, pb.PortConfig.UDP, pb.PortConfig.SCTP)


def service_spec_hazards(message: pb.ServiceSpec) -> list[Hazard]:
    """What goes wrong with a service spec after a manager has accepted it."""
    return list(_hazards(message))


def service_spec_update_hazards(old: pb.ServiceSpec, new: pb.ServiceSpec) -> list[Hazard]:
    """What goes wrong with a change from one service spec to another."""
    if not old.task.HasField("placement") or new.task.HasField("placement"):
        return []
    unplaced = pb.TaskSpec()
    unplaced.CopyFrom(old.task)
    unplaced.ClearField("placement")
    if unplaced != new.task:
        return []
    reason = (
        "taking the placement away and nothing else crashes a manager from 18.03 to 29.6,"
        " at every start"
    )
    return [Hazard(("TaskTemplate", "Placement"), reason, "manager")]


def _hazards(message: pb.ServiceSpec) -> Hazards:
    yield from _size_hazards(message)
    yield from under(_task_hazards(message.task), "TaskTemplate")
    for config, name in ((message.update, "UpdateConfig"), (message.rollback, "RollbackConfig")):
        if config.parallelism >= _NEGATIVE:
            reason = "is taken for a negative number, so that the update never gets on"
            yield Hazard((name, "Parallelism"), reason, "manager")
    if message.networks:
        reason = (
            "this field is deprecated and not checked: the ingress network in it"
            " uses up every address of that network"
        )
        yield Hazard(("Networks",), reason, "manager")
    for index, port in enumerate(message.endpoint.ports):
        yield from under(_port_hazards(port), "EndpointSpec", "Ports", index)


def _size_hazards(message: pb.ServiceSpec) -> Hazards:
    size = message.ByteSize()
    if size > _MAX_RAFT_ENTRY:
        yield Hazard((), "raft: raft message is too large and can't be sent", "manager")
    elif size > _MAX_RAFT_ENTRY // 2:
        reason = (
            f"{size} bytes can be stored, but never updated: an update stores the old spec too,"
            f" and {_MAX_RAFT_ENTRY} bytes are the limit for both"
        )
        yield Hazard((), reason, "manager")


def _task_hazards(task: pb.TaskSpec) -> Hazards:
    yield from under(resource_hazards(task.resources), "Resources")
    yield from under(placement_hazards(task.placement), "Placement")
    for index, network in enumerate(task.networks):
        if not network.target:
            reason = "there is no network without an ID, so that tasks stay new for ever"
            yield Hazard(("Networks", index, "Target"), reason, "manager")
    if task.HasField("container"):
        yield from under(container_hazards(task.container), "ContainerSpec")
    elif task.HasField("generic") and lower(task.generic.kind) != "plugin":
        reason = f"unsupported runtime type: {quote(lower(task.generic.kind))}"
        yield Hazard(("Runtime",), reason, "worker")


def _port_hazards(port: pb.PortConfig) -> Hazards:
    if port.publish_mode == pb.PortConfig.INGRESS and port.protocol not in _PROTOCOLS:
        reason = (
            f"a manager does not know protocol {port.protocol},"
            " and crashes on it at every start once it is stored"
        )
        yield Hazard(("Protocol",), reason, "manager")
    if port.published_port > _MAX_PORT:
        reason = f"port {port.published_port} is never allocated, so that tasks stay new for ever"
        yield Hazard(("PublishedPort",), reason, "manager")
    if port.target_port > _MAX_PORT:
        reason = f"{port.target_port} is no port"
        yield Hazard(("TargetPort",), reason, "worker")
