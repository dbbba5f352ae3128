"""Tasks that no node will ever take, or that a node takes and refuses.

Source: SwarmKit manager/constraint, manager/scheduler; moby daemon/daemon_unix.go.
"""

from ipaddress import ip_address

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.rules.go_text import lower
from swarmwire.rules.hazards._hazard import Hazard, Hazards
from swarmwire.rules.network import parse_cidr
from swarmwire.rules.placement import Constraint, parse_constraint

_KEYS = frozenset(
    {
        *("node.id", "node.hostname", "node.ip", "node.role"),
        *("node.platform.os", "node.platform.arch"),
    }
)
_LABELS = ("node.labels.", "engine.labels.")
_ROLES = ("manager", "worker")
_MIN_MEMORY_LIMIT = 6 * 1024 * 1024


def placement_hazards(placement: pb.Placement) -> Hazards:
    """Constraints that a manager can read, but that no node satisfies."""
    for index, text in enumerate(placement.constraints):
        try:
            reason = _why_nowhere(parse_constraint(text))
        except InvalidSpec:
            continue
        if reason:
            yield Hazard(("Constraints", index), reason, "scheduler")


def _why_nowhere(constraint: Constraint) -> str:
    key = lower(constraint.key)
    known = key in _KEYS or any(
        key.startswith(label) and len(key) > len(label) for label in _LABELS
    )
    if not known:
        return f"'{constraint.key}' is no property of a node, so that no node matches"
    if key == "node.ip" and not _is_ip(constraint.value):
        return f"'{constraint.value}' is neither an address nor a subnet, so that no node matches"
    if key == "node.role" and constraint.operator == "==" and lower(constraint.value) not in _ROLES:
        return f"a node is a manager or a worker, never '{constraint.value}'"
    return ""


def _is_ip(text: str) -> bool:
    if parse_cidr(text) is not None:
        return True
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def resource_hazards(requirements: pb.ResourceRequirements) -> Hazards:
    """Reservations that cannot be met, and limits that a node does not set."""
    limits, reservations = requirements.limits, requirements.reservations
    for index, resource in enumerate(reservations.generic):
        if resource.HasField("named_resource_spec"):
            reason = "a reservation of a named generic resource is never scheduled"
            yield Hazard(("Reservations", "GenericResources", index), reason, "scheduler")
    if 0 < limits.memory_bytes < _MIN_MEMORY_LIMIT:
        yield Hazard(("Limits", "MemoryBytes"), "Minimum memory limit allowed is 6MB", "worker")
    for field, name in (("nano_cpus", "NanoCPUs"), ("memory_bytes", "MemoryBytes")):
        limit, reserved = getattr(limits, field), getattr(reservations, field)
        if 0 < limit < reserved:
            reason = f"reserves {reserved}, but may never use more than {limit}"
            yield Hazard(("Reservations", name), reason, "scheduler")
