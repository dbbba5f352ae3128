"""The objects of a swarm as the docker command asks for them, and those that it makes. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from swarmwire import engine, pb
from swarmwire.convert import config_from_grpc, secret_from_grpc, service_from_grpc

NEW: Final = "new:"
"""Begins the IDs of objects that are only planned."""


class Answer(NamedTuple):
    """What is answered to a request."""

    status: int
    body: Any


class Swarm:
    """Answers the docker command, and keeps what it sends.

    Attributes:
        sent: the services that were sent: the ID or nothing, the spec's JSON, the API's version.
        made: new networks, secrets and configs, by kind.
        refused: what a manager would refuse of them.
    """

    def __init__(
        self,
        services: Iterable[pb.Service],
        networks: Iterable[pb.Network],
        secrets: Iterable[pb.Secret],
        configs: Iterable[pb.Config],
    ) -> None:
        self._objects: dict[str, list[dict[str, Any]]] = {
            "services": [_plain(service_from_grpc(one)) for one in services],
            "networks": [_network(one) for one in networks],
            "secrets": [_plain(secret_from_grpc(one)) for one in secrets],
            "configs": [_plain(config_from_grpc(one)) for one in configs],
        }
        self.sent: list[tuple[str, bytes, str]] = []
        self.made: dict[str, list[str]] = {"networks": [], "secrets": [], "configs": []}
        self.refused: list[str] = []
        self.uncertain: list[str] = []

    def get(self, kind: str, name: str, filters: Mapping[str, Any]) -> Answer:
        """Objects of a kind: the one of a name or an ID, or all that the filters let through."""
        objects = self._objects.get(kind)
        if objects is None:
            return Answer(404, {"message": "page not found"})
        if not name:
            return Answer(200, [one for one in objects if _passes(one, filters)])
        for key in (_id, _name):
            for one in objects:
                if key(one) == name:
                    return Answer(200, one)
        return Answer(404, {"message": f"{kind[:-1]} {name} not found"})

    def post(self, kind: str, name: str, body: bytes, version: str) -> Answer:
        """Create an object (``name`` is "create") or change the one of that ID."""
        if kind == "services":
            self.sent.append(("" if name == "create" else name, body, version))
            return Answer(201 if name == "create" else 200, {"ID": f"{NEW}service"})
        if kind not in self.made:
            return Answer(501, {"message": "not part of a plan"})
        wanted = json.loads(body)
        if name == "create":
            return Answer(201, {"ID": self._make(kind, wanted), "Id": f"{NEW}{wanted['Name']}"})
        self._change(kind, name, wanted)
        return Answer(200, {})

    def _make(self, kind: str, wanted: dict[str, Any]) -> str:
        name = wanted["Name"]
        self.made[kind].append(name)
        inner = wanted | {"Id": f"{NEW}{name}", "Scope": "swarm"}
        outer = {"ID": f"{NEW}{name}", "Spec": wanted, "Version": {"Index": 0}}
        self._objects[kind].append(inner if kind == "networks" else outer)
        return f"{NEW}{name}"

    def _change(self, kind: str, id_: str, wanted: dict[str, Any]) -> None:
        """Secrets and configs: a manager takes new labels, and refuses new data."""
        name = wanted.get("Name", id_)
        stored: dict[str, Any] = next(
            (one for one in self._objects[kind] if _id(one) == id_), {"Spec": {}}
        )
        if kind == "secrets":
            self.uncertain.append(name)
        elif wanted.get("Data") != stored["Spec"].get("Data"):
            self.refused.append(
                f"config {name} has other content than the stored one: only updates to Labels are"
                " allowed; give the new one another name"
            )


def _plain(found: engine.EngineObject) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.json.decode(engine.encode(found))
    return plain


def _network(network: pb.Network) -> dict[str, Any]:
    annotations = network.spec.annotations
    return {
        "Name": annotations.name,
        "Id": network.id,
        "Scope": "swarm",
        "Driver": network.driver_state.name or network.spec.driver_config.name or "overlay",
        "Ingress": network.spec.ingress,
        "Attachable": network.spec.attachable,
        "Labels": dict(annotations.labels),
    }


def _id(one: dict[str, Any]) -> Any:
    return one.get("ID") or one.get("Id")


def _name(one: dict[str, Any]) -> Any:
    return one.get("Name") or one.get("Spec", {}).get("Name")


def _passes(one: dict[str, Any], filters: Mapping[str, Any]) -> bool:
    labels = one.get("Labels") or one.get("Spec", {}).get("Labels") or {}
    for wanted in filters.get("label", ()):
        key, equals, value = wanted.partition("=")
        if key not in labels or (equals and labels[key] != value):
            return False
    names = filters.get("name", ())
    ids = filters.get("id", ())
    return (not names or any(str(_name(one)).startswith(name) for name in names)) and (
        not ids or any(str(_id(one)).startswith(id_) for id_ in ids)
    )
