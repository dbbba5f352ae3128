"""Which type, which message and which conversion belong to a ``--kind``, both ways."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from swarmwire import convert, engine, pb
from swarmwire.releases import Release


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
    to_json: Callable[..., bytes] | None = None
    """A shorter way to the same JSON, where there is one."""

    def json(self, message: pb.Message, *, release: Release | None = None, **options: Any) -> bytes:
        """The object as the engine writes it."""
        if self.to_json is not None:
            return self.to_json(message, release=release, **options)
        shown = self.convert(message, release=release, **options)
        return engine.encode(shown, release=release)


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
    "service": FromGrpc(
        pb.Service,
        convert.service_from_grpc,
        lossless=True,
        to_json=convert.service_json_from_grpc,
    ),
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


def shown(kind: str, message: Any, release: Release | None = None) -> bytes:
    """A message as the engine's inspect writes it; as the newest unless a release is given."""
    if isinstance(message, pb.Network):
        network = convert.network_inspect_from_grpc(message, release=release)
        return engine.encode(network, release=release)
    return FROM_GRPC[kind].json(message, release=release)
