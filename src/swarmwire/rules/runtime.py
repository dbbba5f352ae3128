"""Runtimes other than containers. Source: SwarmKit controlapi, validateGenericRuntimeSpec."""

from swarmwire import pb
from swarmwire.rules._problems import Problems, invalid
from swarmwire.rules.go_text import lower, quote

_MIN_KIND = 3
_RESERVED = ("container", "attachment")


def generic_runtime_problems(generic: pb.GenericRuntimeSpec) -> Problems:
    """A kind of one's own, and a payload with a type and a content."""
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
