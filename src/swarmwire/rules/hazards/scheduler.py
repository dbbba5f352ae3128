"""Tasks that no node will ever take, or that a node takes and refuses.

Source: SwarmKit manager/constraint, manager/scheduler; moby daemon/daemon_unix.go.
"""

from ipaddress import ip_address

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.rules._problems import Hazard, Hazards
from swarmwire.rules.go_text import lower
from swarmwire.rules.network import parse_cidr
from swarmwire.rules.task import Constraint, parse_constraint

_KEYS = frozenset(
    {
        *("node.id", "node.hostname", "node.ip", "node.role"),
        *("node.platform.os", "node.platform.arch"),
    }
)
_LABELS = ("node.labels.", "engine.labels.")
_ROLES = ("manager", "worker")
_CONSTRAINTS = (
    "use node.id, node.hostname, node.ip, node.role, node.platform.os, node.platform.arch,"
    " node.labels.NAME or engine.labels.NAME"
)
_MIN_MEMORY_LIMIT = 6 * 1024 * 1024


def placement_hazards(placement: pb.Placement) -> Hazards:
    """Constraints that a manager can read, but that no node satisfies."""
    for index, text in enumerate(placement.constraints):
        try:
            reason = _why_nowhere(parse_constraint(text))
        except InvalidSpec:
            continue
        if reason:
            yield Hazard(("Constraints", index), reason, "scheduler", _CONSTRAINTS)


def asks_for_windows(placement: pb.Placement) -> bool:
    """Whether tasks can only run on nodes with Windows."""
    if placement.platforms:
        return all(lower(platform.os) == "windows" for platform in placement.platforms)
    for text in placement.constraints:
        try:
            wanted = parse_constraint(text)
        except InvalidSpec:
            continue
        if lower(wanted.key) == "node.platform.os" and lower(wanted.value) == "windows":
            return wanted.operator == "=="
    return False


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
    """Reservations that cannot be met or are hardly meant, and limits that a node does not set."""
    limits, reservations = requirements.limits, requirements.reservations
    for index, resource in enumerate(reservations.generic):
        if resource.HasField("named_resource_spec"):
            reason = "a reservation of a named generic resource is never scheduled"
            steps = ("Reservations", "GenericResources", index)
            yield Hazard(steps, reason, "scheduler", "reserve a number: DiscreteResourceSpec")
    if 0 < limits.memory_bytes < _MIN_MEMORY_LIMIT:
        reason = "Minimum memory limit allowed is 6MB"
        fix = f"set {_MIN_MEMORY_LIMIT} or more"
        yield Hazard(("Limits", "MemoryBytes"), reason, "worker", fix)
    for field, name in (("nano_cpus", "NanoCPUs"), ("memory_bytes", "MemoryBytes")):
        limit, reserved = getattr(limits, field), getattr(reservations, field)
        if 0 < limit < reserved:
            reason = f"reserves {reserved}, but may never use more than {limit}: tasks run, and"
            reason += " keep what they cannot use from others"
            fix = "lower the reservation, or raise the limit"
            yield Hazard(("Reservations", name), reason, "scheduler", fix, "hint")
