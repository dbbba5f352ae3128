"""Nodes.

Source: moby api/types/swarm/node.go.
"""

from swarmwire.engine.base import EngineObject, written
from swarmwire.engine.common import Annotations, Platform, StoredObject, TLSInfo, Topology
from swarmwire.engine.resources import Resources
from swarmwire.engine.units import Int64


class NodeSpec(Annotations):
    """What a user asks of a node."""

    role: str = ""
    availability: str = ""


class PluginDescription(EngineObject):
    """A plugin that an engine has."""

    type: str = ""
    name: str = ""


class EngineDescription(EngineObject):
    """The engine of a node."""

    engine_version: str = ""
    labels: dict[str, str] = {}
    plugins: list[PluginDescription] = []


class NodeCSIInfo(EngineObject):
    """What a CSI plugin tells of a node."""

    plugin_name: str = ""
    node_id: str = ""
    max_volumes_per_node: Int64 = 0
    accessible_topology: Topology | None = None


class NodeDescription(EngineObject):
    """What a node tells of itself."""

    hostname: str = ""
    platform: Platform = written(Platform)
    resources: Resources = written(Resources)
    engine: EngineDescription = written(EngineDescription)
    tls_info: TLSInfo = written(TLSInfo)
    csi_info: list[NodeCSIInfo] = []


class NodeStatus(EngineObject):
    """Whether a node can be reached."""

    state: str = ""
    message: str = ""
    addr: str = ""


class ManagerStatus(EngineObject):
    """A manager's part in raft."""

    leader: bool = False
    reachability: str = ""
    addr: str = ""


class Node(StoredObject):
    """A node as a manager knows it."""

    spec: NodeSpec = written(NodeSpec)
    description: NodeDescription = written(NodeDescription)
    status: NodeStatus = written(NodeStatus)
    manager_status: ManagerStatus | None = None
