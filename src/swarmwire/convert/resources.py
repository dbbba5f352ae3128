"""What a task may use, and what is kept free for it."""

from collections.abc import Iterable

from swarmwire import engine, pb
from swarmwire.errors import ConvertError


def resources_to_grpc(resources: engine.ResourceRequirements, out: pb.ResourceRequirements) -> None:
    """Fill ``out``. ``Limits.Pids`` is not here: SwarmKit keeps it in the container spec.

    Raises:
        ConvertError: kind "missing" at ``Limits.MemoryBytes``: swap without a memory limit.

    Source: moby convert/service.go, resourcesToGRPC.
    """
    out.SetInParent()
    if resources.limits is not None:
        limits = out.limits
        limits.nano_cpus = resources.limits.nano_cpus
        limits.memory_bytes = resources.limits.memory_bytes
    if resources.reservations is not None:
        reserved_to_grpc(resources.reservations, out.reservations)
    if resources.swap_bytes is not None:
        if not out.limits.memory_bytes:
            reason = "memory swap provided, but no memory-limit was set"
            raise ConvertError("missing", reason, "Limits", "MemoryBytes")
        out.swap_bytes.value = resources.swap_bytes
    if resources.memory_swappiness is not None:
        out.memory_swappiness.value = resources.memory_swappiness


def resources_from_grpc(spec: pb.TaskSpec) -> engine.ResourceRequirements | None:
    """The resources of a task, with the limit on processes of its container spec.

    Source: moby convert/service.go, resourcesFromGRPC.
    """
    pids = spec.container.pidsLimit
    if not spec.HasField("resources"):
        return engine.ResourceRequirements(limits=engine.Limit(pids=pids)) if pids else None
    resources = spec.resources
    has = resources.HasField
    out = engine.ResourceRequirements()
    if has("limits"):
        limits = resources.limits
        out.limits = engine.Limit(
            nano_cpus=limits.nano_cpus, memory_bytes=limits.memory_bytes, pids=pids
        )
    elif pids:
        out.limits = engine.Limit(pids=pids)
    if has("reservations"):
        out.reservations = reserved_from_grpc(resources.reservations)
    if has("swap_bytes"):
        out.swap_bytes = resources.swap_bytes.value
    if has("memory_swappiness"):
        out.memory_swappiness = resources.memory_swappiness.value
    return out


def reserved_to_grpc(resources: engine.Resources, out: pb.Resources) -> None:
    """Source: moby convert/service.go, resourcesToGRPC."""
    out.nano_cpus = resources.nano_cpus
    out.memory_bytes = resources.memory_bytes
    for resource in resources.generic_resources:
        generic_resource_to_grpc(resource, out.generic.add())


def reserved_from_grpc(resources: pb.Resources) -> engine.Resources:
    """Source: moby convert/service.go, resourcesFromGRPC."""
    return engine.Resources(
        nano_cpus=resources.nano_cpus,
        memory_bytes=resources.memory_bytes,
        generic_resources=generic_resource_list(resources.generic[:]),
    )


def generic_resource_to_grpc(resource: engine.GenericResource, out: pb.GenericResource) -> None:
    """Fill ``out``; a resource without a form stays empty, see ``refuse_formless``.

    Source: moby convert/service.go, GenericResourcesToGRPC.
    """
    if resource.discrete_resource_spec is not None:
        discrete = out.discrete_resource_spec
        discrete.kind = resource.discrete_resource_spec.kind
        discrete.value = resource.discrete_resource_spec.value
    elif resource.named_resource_spec is not None:
        named = out.named_resource_spec
        named.kind = resource.named_resource_spec.kind
        named.value = resource.named_resource_spec.value


def generic_resource_list(resources: Iterable[pb.GenericResource]) -> list[engine.GenericResource]:
    """Source: moby convert/service.go, GenericResourcesFromGRPC."""
    return [generic_resource_from_grpc(resource) for resource in resources]


def generic_resource_from_grpc(resource: pb.GenericResource) -> engine.GenericResource:
    """Source: moby convert/service.go, GenericResourcesFromGRPC."""
    match resource.WhichOneof("resource"):
        case "discrete_resource_spec":
            discrete = resource.discrete_resource_spec
            return engine.GenericResource(
                discrete_resource_spec=engine.DiscreteGenericResource(
                    kind=discrete.kind, value=discrete.value
                )
            )
        case "named_resource_spec":
            named = resource.named_resource_spec
            return engine.GenericResource(
                named_resource_spec=engine.NamedGenericResource(kind=named.kind, value=named.value)
            )
    return engine.GenericResource()


def refuse_formless(resources: Iterable[engine.GenericResource]) -> None:
    """Refuse a resource that is neither named nor discrete: the engine crashes on it.

    It does so only when the finished message is serialised, so every other error comes first.

    Raises:
        ConvertError: kind "crash" at ``[index]``.
    """
    for index, resource in enumerate(resources):
        if resource.discrete_resource_spec is None and resource.named_resource_spec is None:
            reason = "must be a NamedResourceSpec or a DiscreteResourceSpec"
            raise ConvertError("crash", reason, index)
