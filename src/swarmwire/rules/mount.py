"""Mounts. Source: SwarmKit controlapi, validateMounts: the manager only looks for duplicates."""

from collections.abc import Sequence

from swarmwire import pb
from swarmwire.rules._problems import Problems, invalid
from swarmwire.rules.expansion import expanded_targets


def mounts_problems(mounts: Sequence[pb.Mount]) -> Problems:
    """No two mounts have the same target, to the letter, once templates are expanded."""
    taken: set[str] = set()
    for index, target in enumerate(expanded_targets(mounts)):
        if target in taken:
            reason = f"ContainerSpec: duplicate mount point: {target}"
            yield invalid(reason, "Mounts", index, "Target", kind="conflict")
        if target is not None:
            taken.add(target)
