"""Limits and reservations. Source: SwarmKit controlapi, validateResources.

The manager also looks at generic resources, but throws the finding away.
"""

from swarmwire import pb
from swarmwire.rules._problems import Problems, invalid, under
from swarmwire.rules.go_text import general

_MIN_NANO_CPUS = 1_000_000
_MIN_MEMORY_BYTES = 4 * 1024 * 1024


def resource_requirements_problems(requirements: pb.ResourceRequirements) -> Problems:
    """Limits, then reservations."""
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
