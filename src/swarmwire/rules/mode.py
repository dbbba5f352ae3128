"""The mode of a service, and what follows from it. Source: SwarmKit controlapi, validateMode."""

from swarmwire import pb
from swarmwire.rules._problems import Problems, invalid

_TOO_MANY = 2**63
"""A count that is negative once it is read as a signed number."""


def mode_problems(spec: pb.ServiceSpec) -> Problems:
    """A mode is set, and its counts are not negative."""
    mode = spec.WhichOneof("mode")
    if mode is None:
        yield invalid("Unrecognized service mode", kind="missing")
    elif mode == "replicated" and spec.replicated.replicas >= _TOO_MANY:
        yield invalid("Number of replicas must be non-negative", "Replicated", "Replicas")
    elif mode == "replicated_job":
        job = spec.replicated_job
        if job.max_concurrent >= _TOO_MANY:
            reason = "Maximum concurrent jobs must not be negative"
            yield invalid(reason, "ReplicatedJob", "MaxConcurrent")
        if job.total_completions >= _TOO_MANY:
            reason = "Total completed jobs must not be negative"
            yield invalid(reason, "ReplicatedJob", "TotalCompletions")


def is_job(spec: pb.ServiceSpec) -> bool:
    """Whether the service runs its tasks to completion."""
    return spec.WhichOneof("mode") in ("replicated_job", "global_job")
