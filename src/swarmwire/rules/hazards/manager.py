"""Service specs that a manager accepts and that break it, or never start.

Source: SwarmKit manager/allocator, manager/state/raft, orchestrator/update; moby executor.
"""

from swarmwire import pb
from swarmwire.expected import expect
from swarmwire.releases import AnyRelease, Release, as_release
from swarmwire.releases.messages import known_to
from swarmwire.rules._problems import Hazard, Hazards, for_release, hazards_under
from swarmwire.rules.go_text import lower, quote
from swarmwire.rules.hazards.log_driver import log_driver_hazards
from swarmwire.rules.hazards.ports import attachment_hazards, port_hazards
from swarmwire.rules.hazards.scheduler import (
    asks_for_windows,
    placement_hazards,
    resource_hazards,
)
from swarmwire.rules.hazards.units import unit_hazards
from swarmwire.rules.hazards.worker import container_hazards

_MAX_RAFT_ENTRY = 3 * 1024 * 1024 // 2
_NEGATIVE = 2**63
_MAKE_IT_SMALLER = "put what is large into configs or into the image"


def service_spec_hazards(message: pb.ServiceSpec, *, release: AnyRelease = None) -> list[Hazard]:
    """What goes wrong with a service spec after a manager has accepted it.

    Workers are taken to run Linux, unless the placement asks for Windows; ``release`` is theirs,
    the newest unless it is given.
    """
    engine = as_release(release)
    return for_release(_hazards(known_to(message, engine), engine), engine)


def service_spec_update_hazards(old: pb.ServiceSpec, new: pb.ServiceSpec) -> list[Hazard]:
    """What goes wrong with a change from one service spec to another."""
    expect(pb.ServiceSpec, old, new)
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
    fix = "change something else with it, or keep an empty placement"
    return [Hazard(("TaskTemplate", "Placement"), reason, "manager", fix)]


def _hazards(message: pb.ServiceSpec, release: Release) -> Hazards:
    expect(pb.ServiceSpec, message)
    yield from _size_hazards(message)
    yield from hazards_under(_task_hazards(message.task, release), "TaskTemplate")
    for config, name in ((message.update, "UpdateConfig"), (message.rollback, "RollbackConfig")):
        if config.parallelism >= _NEGATIVE:
            reason = "is taken for a negative number, so that the update never gets on"
            yield Hazard((name, "Parallelism"), reason, "manager", "0 updates all tasks at once")
    if message.networks:
        reason = (
            "this field is deprecated and not checked: the ingress network in it"
            " uses up every address of that network"
        )
        yield Hazard(("Networks",), reason, "manager", "move them to TaskTemplate.Networks")
    for index, port in enumerate(message.endpoint.ports):
        yield from hazards_under(port_hazards(port), "EndpointSpec", "Ports", index)
    yield from unit_hazards(message)


def _size_hazards(message: pb.ServiceSpec) -> Hazards:
    size = message.ByteSize()
    if size > _MAX_RAFT_ENTRY:
        reason = "raft: raft message is too large and can't be sent"
        yield Hazard((), reason, "manager", _MAKE_IT_SMALLER)
    elif size > _MAX_RAFT_ENTRY // 2:
        reason = (
            f"{size} bytes can be stored, but never updated: an update stores the old spec too,"
            f" and {_MAX_RAFT_ENTRY} bytes are the limit for both"
        )
        yield Hazard((), reason, "manager", _MAKE_IT_SMALLER)


def _task_hazards(task: pb.TaskSpec, release: Release) -> Hazards:
    yield from hazards_under(resource_hazards(task.resources), "Resources")
    yield from hazards_under(placement_hazards(task.placement), "Placement")
    for index, network in enumerate(task.networks):
        if not network.target:
            reason = "there is no network without an ID, so that tasks stay new for ever"
            yield Hazard(("Networks", index, "Target"), reason, "manager", "set Target")
        yield from hazards_under(attachment_hazards(network), "Networks", index)
    if task.HasField("container"):
        if not asks_for_windows(task.placement):
            yield from hazards_under(container_hazards(task.container, release), "ContainerSpec")
        if task.HasField("log_driver"):
            yield from hazards_under(log_driver_hazards(task.log_driver, release), "LogDriver")
    elif task.HasField("generic"):
        yield from _runtime_hazards(task.generic)


def _runtime_hazards(generic: pb.GenericRuntimeSpec) -> Hazards:
    kind = lower(generic.kind)
    if kind != "plugin":
        reason = f"unsupported runtime type: {quote(kind)}"
        yield Hazard(("Runtime",), reason, "worker", "use a container, or the runtime plugin")
    elif generic.kind == "plugin":
        reason = 'an engine without experimental features refuses it: runtime type "plugin" only'
        reason += " supported in experimental"
        fix = 'set "experimental" in the configuration of the managers\' engines'
        yield Hazard(("Runtime",), reason, "manager", fix, "hint")
