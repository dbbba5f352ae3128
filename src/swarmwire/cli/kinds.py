"""Which type, which message and which conversion belong to a ``--kind``, both ways."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from swarmwire import convert, engine, pb


class ToGrpc(NamedTuple):
    """A kind of object that becomes a message."""

    type_: type[engine.EngineObject]
    convert: Callable[..., pb.Message]
    lossless: bool = False
    """Whether the conversion has a lossless way."""


class FromGrpc(NamedTuple):
    """A kind of message that becomes an object."""

    message: type[pb.Message]
    convert: Callable[..., engine.EngineObject]
    lossless: bool = False


TO_GRPC: Final = {
    "service": ToGrpc(engine.ServiceSpec, convert.service_spec_to_grpc, lossless=True),
    "node": ToGrpc(engine.NodeSpec, convert.node_spec_to_grpc),
    "secret": ToGrpc(engine.SecretSpec, convert.secret_spec_to_grpc),
    "config": ToGrpc(engine.ConfigSpec, convert.config_spec_to_grpc),
    "network": ToGrpc(engine.NetworkCreateRequest, convert.network_create_to_grpc, lossless=True),
    "swarm": ToGrpc(engine.SwarmSpec, convert.swarm_spec_to_grpc, lossless=True),
    "volume": ToGrpc(engine.VolumeCreateRequest, convert.volume_create_to_grpc),
}

FROM_GRPC: Final = {
    "service": FromGrpc(pb.Service, convert.service_from_grpc, lossless=True),
    "service-spec": FromGrpc(pb.ServiceSpec, convert.service_spec_from_grpc, lossless=True),
    "task": FromGrpc(pb.Task, convert.task_from_grpc, lossless=True),
    "node": FromGrpc(pb.Node, convert.node_from_grpc),
    "secret": FromGrpc(pb.Secret, convert.secret_from_grpc),
    "config": FromGrpc(pb.Config, convert.config_from_grpc),
    "network": FromGrpc(pb.Network, convert.network_from_grpc),
    "swarm": FromGrpc(pb.Cluster, convert.swarm_from_grpc, lossless=True),
    "volume": FromGrpc(pb.Volume, convert.volume_from_grpc),
}

SECRETIVE: Final = frozenset({"secret", "config", "swarm"})
"""Kinds of which no piece may be shown in an error."""


class Inspected(NamedTuple):
    """What an object of the input holds that is to be converted."""

    spec: bytes | engine.EngineObject
    """Its JSON; where a stored object has no spec of its own, the request that would make it."""
    prefix: str
    """Where the spec stands in the object: ``Spec`` or nothing."""


class _Stored(msgspec.Struct):
    """The keys by which an answer of the engine is told from a request."""

    id: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="ID")
    spec: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="Spec")
    network_id: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="Id")
    cluster_volume: msgspec.Raw | msgspec.UnsetType = msgspec.field(
        default=msgspec.UNSET, name="ClusterVolume"
    )


_stored_decoder = msgspec.json.Decoder(_Stored)


def inspected(raw: bytes, kind: str) -> Inspected:
    """The spec within ``raw`` if that is what ``docker … inspect`` prints; else ``raw`` itself.

    Raises:
        DecodeError: a network or volume as inspect prints it, but with a field of a wrong type.
    """
    try:
        stored = _stored_decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Inspected(raw, "")
    if kind == "network" and stored.network_id is not msgspec.UNSET:
        return Inspected(_network_request(engine.decode(raw, engine.NetworkInspect)), "")
    if kind == "volume" and stored.cluster_volume is not msgspec.UNSET:
        return Inspected(_volume_request(engine.decode(raw, engine.Volume)), "")
    if stored.id is msgspec.UNSET or stored.spec is msgspec.UNSET:
        return Inspected(raw, "")
    return Inspected(bytes(stored.spec), "Spec")


def _network_request(network: engine.NetworkInspect) -> engine.NetworkCreateRequest:
    reference = network.config_from
    return engine.NetworkCreateRequest(
        name=network.name,
        driver=network.driver,
        scope=network.scope,
        enable_ipv4=network.enable_ipv4,
        enable_ipv6=network.enable_ipv6,
        ipam=network.ipam,
        internal=network.internal,
        attachable=network.attachable,
        ingress=network.ingress,
        config_only=network.config_only,
        config_from=reference if reference.network else None,
        options=network.options,
        labels=network.labels,
    )


def _volume_request(volume: engine.Volume) -> engine.VolumeCreateRequest:
    cluster_volume = volume.cluster_volume
    return engine.VolumeCreateRequest(
        name=volume.name,
        driver=volume.driver,
        driver_opts=dict(volume.options or {}),
        labels=dict(volume.labels or {}),
        cluster_volume_spec=cluster_volume.spec if cluster_volume is not None else None,
    )


def decoded(spec: bytes | engine.EngineObject, kind: str, findings: list[Any]) -> Any:
    """The spec as an object; what is odd about its keys is appended to ``findings``.

    Raises:
        DecodeError: as ``engine.decode``.
    """
    if isinstance(spec, bytes):
        return engine.decode(spec, TO_GRPC[kind].type_, findings)
    return spec
