"""Tasks: resources, restart policy, placement, and the runtime.

Source: SwarmKit controlapi, validateTaskSpec; manager/constraint.
"""

import re
from typing import Literal

import msgspec

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.releases import Release
from swarmwire.rules._problems import Problems, invalid, under, unimplemented, unknown
from swarmwire.rules.container import (
    config_references_problems,
    container_problems,
    secret_references_problems,
)
from swarmwire.rules.duration import not_negative
from swarmwire.rules.go_text import WHITE_SPACE, general, lower, quote

_MIN_NANO_CPUS = 1_000_000
_MIN_MEMORY_BYTES = 4 * 1024 * 1024
_MIN_KIND = 3
_RESERVED = ("container", "attachment")

Operator = Literal["==", "!="]

_OPERATORS: tuple[Operator, ...] = ("==", "!=")
# as Go: folding case makes the long s and the Kelvin sign letters too
_KEY = "[A-Za-z_\u017f\u212a][A-Za-z0-9\u017f\u212a._-]+"
_VALUE = "[A-Za-z0-9\u017f\u212a:\\-_\t\n\f\r .*()?+\\[\\]\\\\^$|/]+"


def task_problems(task: pb.TaskSpec, release: Release) -> Problems:
    """Every problem of a task; references are looked at whatever the runtime is."""
    yield from under(_requirements_problems(task.resources), "Resources")
    yield from under(_restart_policy_problems(task.restart), "RestartPolicy")
    yield from under(_placement_problems(task.placement), "Placement")
    container = task.container
    yield from under(secret_references_problems(container.secrets), "ContainerSpec")
    yield from under(config_references_problems(container), "ContainerSpec")
    runtime = task.WhichOneof("runtime")
    if runtime == "container":
        yield from under(container_problems(container, release), "ContainerSpec")
    elif runtime == "generic":
        yield from _generic_runtime_problems(task.generic)
    elif runtime is None:
        yield invalid("TaskSpec: missing runtime", kind="missing")
    else:
        reason = "RuntimeSpec: unimplemented runtime in service spec"
        yield unimplemented(reason, "NetworkAttachmentSpec")


def _requirements_problems(requirements: pb.ResourceRequirements) -> Problems:
    """Limits, then reservations.

    Source: validateResources, which also looks at generic resources, but throws the finding away.
    """
    yield from under(_resources_problems(requirements.limits), "Limits")
    yield from under(_resources_problems(requirements.reservations), "Reservations")


def _resources_problems(resources: pb.Resources) -> Problems:
    cpus, memory = resources.nano_cpus, resources.memory_bytes
    if cpus != 0 and cpus < _MIN_NANO_CPUS:
        yield invalid(
            f"invalid cpu value {general(cpus / 1e9)}: Must be at least 0.001", "NanoCPUs"
        )
    if memory != 0 and memory < _MIN_MEMORY_BYTES:
        yield invalid(f"invalid memory value {memory}: Must be at least 4MiB", "MemoryBytes")


def _restart_policy_problems(policy: pb.RestartPolicy) -> Problems:
    """Delay, then window. Any condition and any number of attempts is taken."""
    yield from not_negative(policy, "delay", "Delay", "TaskSpec: restart-delay cannot be negative")
    yield from not_negative(
        policy, "window", "Window", "TaskSpec: restart-window cannot be negative"
    )


class Constraint(msgspec.Struct, frozen=True):
    """One placement constraint: ``node.labels.zone == a``.

    Attributes:
        key: as written, without white space around it.
        operator: ``==`` or ``!=``.
        value: as written, without white space around it.
    """

    key: str
    operator: Operator
    value: str


def parse_constraint(text: str) -> Constraint:
    """Read one constraint as the manager does: ``==`` wins wherever it stands.

    Raises:
        InvalidSpec: code Unknown, without a path.
    """
    operator = next((operator for operator in _OPERATORS if operator in text), None)
    if operator is None:
        raise unknown("constraint expected one operator from ==, !=")
    key, _, value = text.partition(operator)
    key, value = key.strip(WHITE_SPACE), value.strip(WHITE_SPACE)
    if not re.fullmatch(_KEY, key):
        raise unknown(f"key '{key}' is invalid")
    if not re.fullmatch(_VALUE, value):
        raise unknown(f"value '{value}' is invalid")
    return Constraint(key, operator, value)


def _placement_problems(placement: pb.Placement) -> Problems:
    """One problem for each constraint that cannot be read. Nothing else is checked."""
    for index, text in enumerate(placement.constraints):
        try:
            parse_constraint(text)
        except InvalidSpec as err:
            yield err.under("Constraints", index)


def _generic_runtime_problems(generic: pb.GenericRuntimeSpec) -> Problems:
    """A kind of one's own, and a payload with a type and a content.

    Source: validateGenericRuntimeSpec.
    """
    if len(generic.kind.encode()) < _MIN_KIND:
        yield invalid(f"Generic runtime: Invalid name {quote(generic.kind)}", "Runtime")
    elif lower(generic.kind) in _RESERVED:
        reason = f"Generic runtime: {quote(generic.kind)} is a reserved name"
        yield invalid(reason, "Runtime", kind="conflict")
    if not generic.HasField("payload"):
        yield invalid("Generic runtime is missing payload", "PluginSpec", kind="missing")
        return
    if not generic.payload.type_url:
        yield invalid("Generic runtime is missing payload type", "PluginSpec", kind="missing")
    if not generic.payload.value:
        yield invalid("Generic runtime has an empty payload", "PluginSpec", kind="missing")
