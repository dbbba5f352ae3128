"""The kinds of objects that a manager has: how to ask for them, and what users call them."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from swarmwire import pb
from swarmwire.control.api import Control
from swarmwire.control.errors import ControlError
from swarmwire.control.layer import Layer
from swarmwire.control.methods import Methods, Unary


class ObjectKind(NamedTuple):
    """One kind of object.

    Attributes:
        word: as users call it.
        reading: asks for one; the fields of its id in the request, and of itself in the answer.
        listing: asks for many; the field of these in the answer.
    """

    word: str
    reading: tuple[Unary[Any, Any], str, str]
    listing: tuple[Unary[Any, Any], str]

    @property
    def stream(self) -> str:
        """As Watch calls it, and the field of its events."""
        return self.reading[2]

    async def read(self, control: Control, id_: str) -> Any:
        """The object with that very id.

        Raises:
            ControlError: there is none.
        """
        method, id_field, one = self.reading
        request = method.request(**{id_field: id_})
        return getattr(await Layer(control).unary(method, request), one)

    async def listed(self, control: Control, **filters: Iterable[str]) -> Sequence[Any]:
        """All objects that pass the filters; all, if there are none."""
        method, many = self.listing
        request = method.request(filters=filters) if filters else method.request()
        found: Sequence[Any] = getattr(await Layer(control).unary(method, request), many)
        return found


async def with_extra(control: Control, network: pb.Network) -> pb.Network:
    """The network with what the allocator adds to it when it is asked: the use of its addresses.

    Managers before 29.0 add nothing; some of 29.0 fail at a network that has no addresses yet.

    Source: moby daemon/cluster/networks.go, GetNetwork.
    """
    request = pb.GetNetworkRequest(network_id=network.id)
    request.appdata.Pack(pb.netextra.GetNetworkExtraOptions(WithIPAMStatus=True))
    try:
        return (await control.get_network(request)).network
    except ControlError:
        return network


_TABLE = (
    ObjectKind(
        "service",
        (Methods.get_service, "service_id", "service"),
        (Methods.list_services, "services"),
    ),
    ObjectKind(
        "node",
        (Methods.get_node, "node_id", "node"),
        (Methods.list_nodes, "nodes"),
    ),
    ObjectKind(
        "task",
        (Methods.get_task, "task_id", "task"),
        (Methods.list_tasks, "tasks"),
    ),
    ObjectKind(
        "secret",
        (Methods.get_secret, "secret_id", "secret"),
        (Methods.list_secrets, "secrets"),
    ),
    ObjectKind(
        "config",
        (Methods.get_config, "config_id", "config"),
        (Methods.list_configs, "configs"),
    ),
    ObjectKind(
        "network",
        (Methods.get_network, "network_id", "network"),
        (Methods.list_networks, "networks"),
    ),
    ObjectKind(
        "swarm",
        (Methods.get_cluster, "cluster_id", "cluster"),
        (Methods.list_clusters, "clusters"),
    ),
    ObjectKind(
        "volume",
        (Methods.get_volume, "volume_id", "volume"),
        (Methods.list_volumes, "volumes"),
    ),
)

KINDS: Final = {kind.word: kind for kind in _TABLE}
"""All kinds, by the words of users."""


def name_of(message: Any) -> str:
    """What users call an object: a node by its host's name, a task by its service and slot."""
    if isinstance(message, pb.Node):
        return message.description.hostname
    if isinstance(message, pb.Task):
        return task_name(message)
    return str(message.spec.annotations.name)


def task_name(task: pb.Task) -> str:
    """``web.1``; of a global service ``web.<node id>``; of no service: nothing.

    Source: SwarmKit api/naming, Task, without the id at the end.
    """
    if task.annotations.name:
        return task.annotations.name
    service = task.service_annotations.name
    return f"{service}.{task.slot or task.node_id}" if service else ""
