"""What can be checked, and how each goes to a manager and comes back."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from swarmwire import convert, engine, pb, rules
from swarmwire.errors import InvalidSpec


class Subject(NamedTuple):
    """A type of spec: its way out, its way back, and the manager's rules for it."""

    write: Callable[[Any, bool], Any]
    """The message for an object; the second argument asks for a lossless one."""

    read: Callable[[Any, bool], Any]
    """The object that a message is shown as."""

    problems: Callable[[Any], list[InvalidSpec]]


def _write_network(request: engine.NetworkCreateRequest, lossless: bool) -> pb.NetworkSpec:  # noqa: FBT001
    return convert.network_create_to_grpc(request, lossless=lossless)


def _read_network(message: pb.NetworkSpec, _lossless: bool) -> engine.NetworkCreateRequest:  # noqa: FBT001
    """The request that would make the network that the engine shows, once it is allocated."""
    network = pb.Network(spec=message, driver_state=message.driver_config)
    if message.HasField("ipam"):
        network.ipam.CopyFrom(message.ipam)
    shown = convert.network_from_grpc(network)
    return engine.NetworkCreateRequest(
        name=shown.name,
        driver=shown.driver,
        scope=shown.scope,
        enable_ipv4=shown.enable_ipv4,
        enable_ipv6=shown.enable_ipv6,
        ipam=shown.ipam if message.HasField("ipam") else None,
        internal=shown.internal,
        attachable=shown.attachable,
        ingress=shown.ingress,
        config_only=shown.config_only,
        config_from=shown.config_from if message.WhichOneof("config_from") else None,
        options=shown.options,
        labels=shown.labels,
    )


def _read_volume(message: pb.VolumeSpec, _lossless: bool) -> engine.VolumeCreateRequest:  # noqa: FBT001
    volume = convert.volume_from_grpc(pb.Volume(spec=message))
    shown = volume.cluster_volume
    return engine.VolumeCreateRequest(
        cluster_volume_spec=None if shown is None else shown.spec,
        driver=volume.driver,
        driver_opts=volume.options or {},
        labels=volume.labels or {},
        name=volume.name,
    )


SUBJECTS: Final[dict[type, Subject]] = {
    engine.ServiceSpec: Subject(
        lambda spec, lossless: convert.service_spec_to_grpc(spec, lossless=lossless),
        lambda message, lossless: convert.service_spec_from_grpc(message, lossless=lossless),
        rules.service_spec_problems,
    ),
    engine.SecretSpec: Subject(
        lambda spec, _: convert.secret_spec_to_grpc(spec),
        lambda message, _: convert.secret_from_grpc(pb.Secret(spec=message)).spec,
        rules.secret_spec_problems,
    ),
    engine.ConfigSpec: Subject(
        lambda spec, _: convert.config_spec_to_grpc(spec),
        lambda message, _: convert.config_from_grpc(pb.Config(spec=message)).spec,
        rules.config_spec_problems,
    ),
    engine.NodeSpec: Subject(
        lambda spec, _: convert.node_spec_to_grpc(spec),
        lambda message, _: convert.node_from_grpc(pb.Node(spec=message)).spec,
        rules.node_spec_problems,
    ),
    # What an update of the swarm leaves out keeps its value: here that of a new swarm.
    engine.SwarmSpec: Subject(
        lambda spec, lossless: convert.swarm_spec_to_grpc(
            spec, rules.default_cluster_spec(), lossless=lossless
        ),
        lambda message, lossless: (
            convert.swarm_from_grpc(pb.Cluster(spec=message), lossless=lossless).spec
        ),
        rules.cluster_spec_problems,
    ),
    engine.NetworkCreateRequest: Subject(
        _write_network, _read_network, rules.network_spec_problems
    ),
    engine.VolumeCreateRequest: Subject(
        lambda request, _: convert.volume_create_to_grpc(request),
        _read_volume,
        rules.volume_spec_problems,
    ),
}

STORED: Final = (engine.Service, engine.Node, engine.Config, engine.Swarm)
"""Stored objects that are checked by their ``Spec``."""
