"""What swarmwire makes of a service spec as a release does, and what the engine has made of it."""

import json
from collections.abc import Mapping

import msgspec

from swarmwire import convert, engine, pb
from tests.dockerd.specs import Spec
from tests.support.dockerd import IMAGE, Answer


class _WithSpec(msgspec.Struct, rename="pascal"):
    spec: msgspec.Raw


def body_of(spec: Spec | str, name: str, ids: Mapping[str, str]) -> str:
    """A spec of the tables as JSON text, with names and ids filled in."""
    text = spec if isinstance(spec, str) else json.dumps(spec)
    for placeholder, value in ({**ids, "<name>": name, "<image>": IMAGE}).items():
        text = text.replace(placeholder, value)
    return text


def spec_text(answer: Answer) -> str:
    """The spec in the engine's answer, exactly as it stands there."""
    return bytes(msgspec.json.decode(answer.body, type=_WithSpec).spec).decode()


def to_message(body: str, ids: Mapping[str, str], release: engine.Release) -> pb.ServiceSpec:
    """The message that a release makes of a request's body in its newest API version.

    The engine looks networks up by name before it converts; here a table knows the names.
    """
    spec = engine.decode(body, engine.ServiceSpec, release=release)
    spec = engine.adjust_for_api_version(spec, release.api_version, release=release)
    _resolve(spec.task_template.networks, ids)
    _resolve(spec.networks, ids)
    return convert.service_spec_to_grpc(spec, release=release)


def there_and_back(body: str, ids: Mapping[str, str], release: engine.Release) -> str:
    """The spec that a release shows for a request's body: both conversions, through the wire."""
    wire = to_message(body, ids, release).SerializeToString()
    back = convert.service_spec_from_grpc(pb.parse(pb.ServiceSpec, wire), release=release)
    return engine.encode(back, release=release).decode()


def _resolve(networks: list[engine.NetworkAttachmentConfig], ids: Mapping[str, str]) -> None:
    named = {"a-network": ids["<network>"], "host": ids["<host-network>"]}
    for network in networks:
        network.target = named.get(network.target, network.target)
