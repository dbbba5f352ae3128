"""What `docker … inspect` prints, back to the spec or the request that makes it. Pure."""

from typing import Any, NamedTuple

import msgspec

from swarmwire import engine
from swarmwire.cli.exits import Unreadable
from swarmwire.cli.kinds import TO_GRPC
from swarmwire.cli.reading.forms import misfit
from swarmwire.releases import Release


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
    template: msgspec.Raw | msgspec.UnsetType = msgspec.field(
        default=msgspec.UNSET, name="TaskTemplate"
    )


_stored_decoder = msgspec.json.Decoder(_Stored)


def inspected(raw: bytes, kind: str, release: Release | None = None) -> Inspected:
    """The spec within ``raw`` if that is what ``docker … inspect`` prints; else ``raw`` itself.

    ``release`` is the engine that printed it; the newest unless it is given.

    Raises:
        Unreadable: it is clearly something else; what, and what to do.
        DecodeError: a network or volume as inspect prints it, but with a field of a wrong type.
    """
    try:
        stored = _stored_decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Inspected(raw, "")
    if kind != "service" or (stored.spec is stored.template):  # neither of both is there
        _refuse_misfit(raw, kind)
    if kind == "network" and stored.network_id is not msgspec.UNSET:
        network = engine.decode(raw, engine.NetworkInspect, release=release)
        return Inspected(_network_request(network), "")
    if kind == "volume" and stored.cluster_volume is not msgspec.UNSET:
        volume = engine.decode(raw, engine.Volume, release=release)
        return Inspected(_volume_request(volume), "")
    if stored.id is msgspec.UNSET or stored.spec is msgspec.UNSET:
        return Inspected(raw, "")
    spec = bytes(stored.spec)
    if kind == "service" and b'"TaskTemplate"' not in spec:
        _refuse_misfit(raw, kind)
    return Inspected(spec, "Spec")


def _refuse_misfit(raw: bytes, kind: str) -> None:
    reason = misfit(raw, kind)
    if reason:
        raise Unreadable(f"is {reason}")


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


def decoded(
    spec: bytes | engine.EngineObject,
    kind: str,
    findings: list[Any],
    release: Release | None = None,
) -> Any:
    """The spec as an object; what is odd about its keys is appended to ``findings``.

    Raises:
        DecodeError: as ``engine.decode``.
    """
    if isinstance(spec, bytes):
        return engine.decode(spec, TO_GRPC[kind].type_, findings, release=release)
    return spec


def key_warning(key: engine.KeyFinding, prefix: str) -> str:
    """What is odd about a key, in a sentence that begins with its path."""
    match key.kind:
        case "unknown":
            meant = f"; did you mean {key.meant}?" if key.meant else ""
            what = f"unknown key, passed over{meant}"
        case "case":
            what = f"read as {key.meant}"
        case _:
            what = "given more than once; what comes later counts"
    path = f"{prefix}.{key.path}" if prefix else key.path
    return f"{path}: {what}"
