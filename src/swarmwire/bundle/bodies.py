"""Create bodies: an object as the Engine API is asked to create it, and its spec from that. Pure.

Services name their networks in them, and not by an id that no other swarm knows.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from swarmwire import convert, engine, pb
from swarmwire.bundle.contents import BundleKind, BundleObject
from swarmwire.errors import DecodeError

_INDENT: Final = 2
_Names = Mapping[str, str]


class Form(NamedTuple):
    """How the objects of one kind are written.

    Attributes:
        message: the type of the message.
        body: the type of the create body.
        to_body: the body of a message, with names of networks by id.
        to_spec: the spec of a body.
        has_payload: whether bytes of the user's are in it.
        is_secret: whether those are not to be known.
    """

    message: type[BundleObject]
    body: type[engine.EngineObject]
    to_body: Callable[[Any, _Names], engine.EngineObject]
    to_spec: Callable[[Any], pb.Message]
    has_payload: bool = False
    is_secret: bool = False


def body_of(kind: BundleKind, message: BundleObject, network_names: _Names) -> bytes:
    """The create body, as JSON for people to read.

    Raises:
        ConvertError: the engine has no words for the object.
    """
    body = engine.encode(FORMS[kind].to_body(message, network_names))
    return msgspec.json.format(body, indent=_INDENT) + b"\n"


def spec_of(kind: BundleKind, body: bytes, network_names: _Names) -> pb.Message:
    """The spec that a body stands for; networks of the old swarm are given by id again.

    A field that is not known is refused, where the engine passes it over: nobody wants that a
    mistyped number of replicas counts for nothing.

    Raises:
        DecodeError: it is no such body.
        ConvertError: it has no counterpart among SwarmKit's messages.
    """
    form = FORMS[kind]
    findings: list[engine.KeyFinding] = []
    value = engine.decode(body, form.body, findings)
    for each in findings:
        if each.kind == "unknown":
            meant = f" (did you mean {each.meant}?)" if each.meant else ""
            raise DecodeError("unknown", f"there is no field {each.path}{meant}")
    if isinstance(value, engine.ServiceSpec):
        ids = {name: id_ for id_, name in network_names.items()}
        _rename_networks(value, ids)
    return form.to_spec(value)


def _service_body(service: pb.Service, network_names: _Names) -> engine.ServiceSpec:
    spec = convert.service_spec_from_grpc(service.spec, lossless=True)
    _rename_networks(spec, network_names)
    return spec


def _rename_networks(spec: engine.ServiceSpec, names: _Names) -> None:
    for attachment in (*spec.task_template.networks, *spec.networks):
        attachment.target = names.get(attachment.target, attachment.target)


def _service_spec(spec: engine.ServiceSpec) -> pb.ServiceSpec:
    return convert.service_spec_to_grpc(spec, lossless=True)


def _network_body(network: pb.Network, _names: _Names) -> engine.NetworkCreateRequest:
    """What was asked for, not what the network was given of addresses and driver options."""
    spec = network.spec
    asked = pb.Network(id=network.id, spec=spec, driver_state=spec.driver_config)
    if spec.HasField("ipam"):
        asked.ipam.CopyFrom(spec.ipam)
    shown = convert.network_from_grpc(asked)
    return engine.NetworkCreateRequest(
        name=shown.name,
        driver=shown.driver,
        scope="swarm",
        enable_ipv6=shown.enable_ipv6,
        ipam=shown.ipam if spec.HasField("ipam") else None,
        internal=shown.internal,
        attachable=shown.attachable,
        ingress=shown.ingress,
        config_from=shown.config_from if spec.network else None,
        options=shown.options,
        labels=shown.labels,
    )


def _network_spec(body: engine.NetworkCreateRequest) -> pb.NetworkSpec:
    return convert.network_create_to_grpc(body, lossless=True)


def _secret_body(secret: pb.Secret, _names: _Names) -> engine.SecretSpec:
    return convert.secret_from_grpc(pb.Secret(spec=secret.spec)).spec


def _config_body(config: pb.Config, _names: _Names) -> engine.ConfigSpec:
    return convert.config_from_grpc(pb.Config(spec=config.spec)).spec


FORMS: Final[dict[BundleKind, Form]] = {
    "service": Form(pb.Service, engine.ServiceSpec, _service_body, _service_spec),
    "network": Form(pb.Network, engine.NetworkCreateRequest, _network_body, _network_spec),
    "secret": Form(
        pb.Secret,
        engine.SecretSpec,
        _secret_body,
        convert.secret_spec_to_grpc,
        has_payload=True,
        is_secret=True,
    ),
    "config": Form(
        pb.Config, engine.ConfigSpec, _config_body, convert.config_spec_to_grpc, has_payload=True
    ),
}
