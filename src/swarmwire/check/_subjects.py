"""What can be checked, and how each goes to a manager of a release and comes back."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import msgspec

from swarmwire import convert, engine, pb, rules
from swarmwire.errors import InvalidSpec
from swarmwire.releases import Release


class Subject(msgspec.Struct, frozen=True):
    """A type of spec: its way out, its way back, and what a manager says of it."""

    write: Callable[[Any, bool], Any]
    """The message for an object; the second argument asks for a lossless one."""

    read: Callable[[Any, bool], Any]
    """The object that a message is shown as."""

    problems: Callable[[Any], list[InvalidSpec]]

    hazards: Callable[[Any], list[rules.Hazard]] = lambda _: []
    """What goes wrong after a manager has accepted it."""


def subject_of(cls: type, release: Release) -> Subject:
    """How an object of a type goes to a manager of a release."""
    return _subject_of(cls, None if release.is_newest else release)


@cache
def _subject_of(cls: type, release: Release | None) -> Subject:
    return _SUBJECTS[cls](release)


def _service(release: Release | None) -> Subject:
    return Subject(
        lambda spec, lossless: convert.service_spec_to_grpc(
            spec, lossless=lossless, release=release
        ),
        lambda message, lossless: convert.service_spec_from_grpc(
            message, lossless=lossless, release=release
        ),
        lambda message: rules.service_spec_problems(message, release=release),
        lambda message: rules.service_spec_hazards(message, release=release),
    )


def _secret(release: Release | None) -> Subject:
    return Subject(
        lambda spec, _: convert.secret_spec_to_grpc(spec, release=release),
        lambda message, _: convert.secret_from_grpc(pb.Secret(spec=message), release=release).spec,
        lambda message: rules.secret_spec_problems(message, release=release),
    )


def _config(release: Release | None) -> Subject:
    return Subject(
        lambda spec, _: convert.config_spec_to_grpc(spec, release=release),
        lambda message, _: convert.config_from_grpc(pb.Config(spec=message), release=release).spec,
        lambda message: rules.config_spec_problems(message, release=release),
    )


def _node(release: Release | None) -> Subject:
    return Subject(
        lambda spec, _: convert.node_spec_to_grpc(spec, release=release),
        lambda message, _: convert.node_from_grpc(pb.Node(spec=message), release=release).spec,
        lambda message: rules.node_spec_problems(message, release=release),
    )


def _swarm(release: Release | None) -> Subject:
    # What an update of the swarm leaves out keeps its value: here that of a new swarm.
    return Subject(
        lambda spec, lossless: convert.swarm_spec_to_grpc(
            spec, rules.default_cluster_spec(), lossless=lossless, release=release
        ),
        lambda message, lossless: (
            convert.swarm_from_grpc(
                pb.Cluster(spec=message), lossless=lossless, release=release
            ).spec
        ),
        lambda message: rules.cluster_spec_problems(message, release=release),
    )


def _network(release: Release | None) -> Subject:
    return Subject(
        lambda request, lossless: convert.network_create_to_grpc(
            request, lossless=lossless, release=release
        ),
        lambda message, _: _shown_network(message, release),
        lambda message: rules.network_spec_problems(message, release=release),
        lambda message: rules.network_spec_hazards(message, release=release),
    )


def _shown_network(message: pb.NetworkSpec, release: Release | None) -> engine.NetworkCreateRequest:
    """The request that would make the network that the engine shows, once it is allocated."""
    network = pb.Network(spec=message, driver_state=message.driver_config)
    if message.HasField("ipam"):
        network.ipam.CopyFrom(message.ipam)
    shown = convert.network_from_grpc(network, release=release)
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


def _volume(release: Release | None) -> Subject:
    return Subject(
        lambda request, _: convert.volume_create_to_grpc(request, release=release),
        lambda message, _: _shown_volume(message, release),
        lambda message: rules.volume_spec_problems(message, release=release),
    )


def _shown_volume(message: pb.VolumeSpec, release: Release | None) -> engine.VolumeCreateRequest:
    volume = convert.volume_from_grpc(pb.Volume(spec=message), release=release)
    shown = volume.cluster_volume
    return engine.VolumeCreateRequest(
        cluster_volume_spec=None if shown is None else shown.spec,
        driver=volume.driver,
        driver_opts=volume.options or {},
        labels=volume.labels or {},
        name=volume.name,
    )


_SUBJECTS: Final[dict[type, Callable[[Release | None], Subject]]] = {
    engine.ServiceSpec: _service,
    engine.SecretSpec: _secret,
    engine.ConfigSpec: _config,
    engine.NodeSpec: _node,
    engine.SwarmSpec: _swarm,
    engine.NetworkCreateRequest: _network,
    engine.VolumeCreateRequest: _volume,
}

SUBJECTS: Final = tuple(_SUBJECTS)
"""The types of specs and requests that are checked."""

STORED: Final = (engine.Service, engine.Node, engine.Config, engine.Swarm)
"""Stored objects that are checked by their ``Spec``."""
