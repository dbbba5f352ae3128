"""What each new swarm starts with."""

from swarmwire import pb
from swarmwire.control.memory.objects import new_token
from swarmwire.control.memory.store import MemoryStore
from swarmwire.networks import PREDEFINED_LABEL
from swarmwire.rules import default_cluster_spec


def bootstrap(store: MemoryStore) -> None:
    """Store the cluster, the first node, and the networks."""
    bootstrap_cluster(store)
    store.put(_first_node())
    bootstrap_networks(store)


def bootstrap_cluster(store: MemoryStore) -> None:
    """Store the cluster."""
    cluster = pb.Cluster(spec=default_cluster_spec(), VXLANUDPPort=4789, subnetSize=24)
    cluster.defaultAddressPool.append("10.0.0.0/8")
    cluster.root_ca.ca_key = b"a key that opens nothing"
    cluster.root_ca.join_tokens.worker = new_token(store)
    cluster.root_ca.join_tokens.manager = new_token(store)
    cluster.network_bootstrap_keys.add(subsystem="networking:gossip", key=b"gossip")
    store.put(cluster)


def bootstrap_networks(store: MemoryStore) -> None:
    """Store the networks that each swarm has."""
    store.put(_ingress(), _predefined("bridge"), _predefined("host"))


def _first_node() -> pb.Node:
    spec = pb.NodeSpec(desired_role="MANAGER", membership="ACCEPTED")
    node = pb.Node(role="MANAGER", spec=spec)
    node.description.hostname = "manager"
    node.description.engine.engine_version = "20.10.24"
    node.status.state = pb.NodeStatus.READY
    node.status.addr = "127.0.0.1"
    node.manager_status.addr = "127.0.0.1:2377"
    node.manager_status.leader = True
    node.manager_status.reachability = pb.RaftMemberStatus.REACHABLE
    return node


def _ingress() -> pb.Network:
    network = pb.Network()
    network.spec.annotations.name = "ingress"
    network.spec.ingress = True
    network.spec.driver_config.SetInParent()
    network.spec.ipam.driver.SetInParent()
    return network


def _predefined(name: str) -> pb.Network:
    network = pb.Network()
    network.spec.annotations.name = name
    network.spec.annotations.labels[PREDEFINED_LABEL] = "true"
    network.spec.driver_config.name = name
    return network
