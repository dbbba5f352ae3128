"""Names of networks in a spec, as the engine resolves them before it sends the spec. Pure."""

from collections.abc import Iterable

from swarmwire import pb
from swarmwire.errors import InvalidSpec


def resolve_networks(spec: pb.ServiceSpec, networks: Iterable[pb.Network]) -> None:
    """Put the ID of each network where its name stands, or the beginning of its ID.

    Args:
        spec: the spec; it is changed.
        networks: all networks of the swarm.

    Raises:
        InvalidSpec: at ``TaskTemplate.Networks[0].Target``; there is no such network, or more than
            one.

    Source: moby daemon/cluster/networks.go, populateNetworkID.
    """
    listed = list(networks)
    for index, attachment in enumerate(spec.task.networks):
        given = attachment.target
        found = (
            [network for network in listed if network.id == given]
            or [network for network in listed if network.spec.annotations.name == given]
            or [network for network in listed if network.id.startswith(given)]
        )
        if len(found) != 1:
            raise _unresolved(given, len(found)).under("TaskTemplate", "Networks", index, "Target")
        attachment.target = found[0].id


def _unresolved(given: str, matches: int) -> InvalidSpec:
    if matches:
        reason = f"network {given} is ambiguous ({matches} matches found)"
        return InvalidSpec("InvalidArgument", reason, kind="conflict")
    return InvalidSpec("NotFound", f"network {given} not found", kind="missing")
