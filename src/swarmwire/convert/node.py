"""Nodes."""

from swarmwire import engine, pb
from swarmwire._utf8 import replaced
from swarmwire.convert import older
from swarmwire.convert._entry import entry
from swarmwire.convert._nested import text_map
from swarmwire.convert.common import (
    annotations_to_grpc,
    platform_from_grpc,
    stored_from_grpc,
    topology_from_grpc,
)
from swarmwire.convert.enums import NODE_AVAILABILITY, NODE_ROLE, NODE_STATE, REACHABILITY
from swarmwire.convert.resources import reserved_from_grpc
from swarmwire.releases import AnyRelease


@entry(engine.NodeSpec, older.to_grpc)
def node_spec_to_grpc(spec: engine.NodeSpec, *, release: AnyRelease = None) -> pb.NodeSpec:
    """The spec that a manager is sent to update a node.

    The membership is not set: the first update by the engine turns a node from accepted to
    pending, and so does this.

    Raises:
        ConvertError: kind "unknown" at ``Role`` or ``Availability``; both are required.

    Source: moby convert/node.go, NodeSpecToGRPC.
    """
    out = pb.NodeSpec()
    annotations_to_grpc(spec.name, spec.labels, out.annotations)
    out.desired_role = NODE_ROLE.number[spec.role]
    out.availability = NODE_AVAILABILITY.number[spec.availability]
    return out


@entry(pb.Node, older.from_grpc)
def node_from_grpc(node: pb.Node, *, release: AnyRelease = None) -> engine.Node:
    """A node as the engine shows it.

    Raises:
        ConvertError: kind "range" at a time that JSON cannot say.

    Source: moby convert/node.go, NodeFromGRPC.
    """
    spec = node.spec
    out = engine.Node(
        **stored_from_grpc(node.id, node.meta),
        spec=engine.NodeSpec(
            name=spec.annotations.name,
            labels=text_map(spec.annotations.labels),
            role=NODE_ROLE.word[spec.desired_role],
            availability=NODE_AVAILABILITY.word[spec.availability],
        ),
        status=engine.NodeStatus(
            state=NODE_STATE.word[node.status.state],
            message=node.status.message,
            addr=node.status.addr,
        ),
        description=description_from_grpc(node.description),
    )
    if node.HasField("manager_status"):
        status = node.manager_status
        out.manager_status = engine.ManagerStatus(
            leader=status.leader,
            reachability=REACHABILITY.word[status.reachability],
            addr=status.addr,
        )
    return out


def description_from_grpc(description: pb.NodeDescription) -> engine.NodeDescription:
    """What a node tells of itself; absent parts are empty ones.

    Source: moby convert/node.go, NodeFromGRPC.
    """
    tls_info = description.tls_info
    return engine.NodeDescription(
        hostname=description.hostname,
        platform=platform_from_grpc(description.platform),
        resources=reserved_from_grpc(description.resources),
        engine=engine.EngineDescription(
            engine_version=description.engine.engine_version,
            labels=text_map(description.engine.labels),
            plugins=[
                engine.PluginDescription(type=plugin.type, name=plugin.name)
                for plugin in description.engine.plugins[:]
            ],
        ),
        tls_info=engine.TLSInfo(
            trust_root=replaced(tls_info.trust_root),
            cert_issuer_subject=tls_info.cert_issuer_subject,
            cert_issuer_public_key=tls_info.cert_issuer_public_key,
        ),
        csi_info=[csi_info_from_grpc(info) for info in description.csi_info[:]],
    )


def csi_info_from_grpc(info: pb.NodeCSIInfo) -> engine.NodeCSIInfo:
    """Source: moby convert/node.go, NodeFromGRPC."""
    out = engine.NodeCSIInfo(
        plugin_name=info.plugin_name,
        node_id=info.node_id,
        max_volumes_per_node=info.max_volumes_per_node,
    )
    if info.HasField("accessible_topology"):
        out.accessible_topology = topology_from_grpc(info.accessible_topology)
    return out
