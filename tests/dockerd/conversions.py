"""What swarmwire makes of a service spec, and what the engine has made of it."""

import json
from collections.abc import Mapping

import msgspec

from swarmwire import convert, engine, pb
from tests.dockerd.differences import as_20_10
from tests.dockerd.specs import Spec
from tests.support.dockerd import IMAGE, Answer

API_VERSION = "1.41"


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


def to_message(body: str, ids: Mapping[str, str]) -> pb.ServiceSpec:
    """The message for a request's body.

    The engine looks networks up by name before it converts; here a table knows the names.
    """
    spec = engine.decode(body, engine.ServiceSpec)
    spec = engine.adjust_for_api_version(spec, API_VERSION)
    _resolve(spec.task_template.networks, ids)
    return convert.service_spec_to_grpc(spec)


def there_and_back(body: str, ids: Mapping[str, str]) -> str:
    """The spec that 20.10 has to show for a request's body: both conversions, through the wire."""
    wire = to_message(body, ids).SerializeToString()
    back = convert.service_spec_from_grpc(pb.parse(pb.ServiceSpec, wire))
    asked = engine.decode(body, engine.ServiceSpec)
    _resolve(asked.networks, ids)
    return as_20_10(engine.encode(back).decode(), asked)


def _resolve(networks: list[engine.NetworkAttachmentConfig], ids: Mapping[str, str]) -> None:
    named = {"a-network": ids["<network>"], "host": ids["<host-network>"]}
    for network in networks:
        network.target = named.get(network.target, network.target)
