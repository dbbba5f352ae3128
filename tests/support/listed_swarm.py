"""Every object of a swarm as its engine's API lists it, and as a store says it would be listed.

Texts, equal to the byte. Tasks are left out: they change while a manager is being asked.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias
from urllib.parse import quote

import msgspec

from swarmwire import convert, engine, pb
from swarmwire.raftstore import Store, name_of
from tests.dockerd.differences import go_text, network_as_20_10, plain, service_as_20_10
from tests.support.dockerd import Dockerd

Objects: TypeAlias = dict[str, dict[str, str]]
"""For each kind the JSON of each object, by id."""

_PREDEFINED = "com.docker.swarm.predefined"


def said(dockerd: Dockerd) -> Objects:
    """Every object of the swarm but tasks, as the API lists it."""
    scope = quote(json.dumps({"scope": ["swarm"]}))
    objects = {
        kind: _by_id(dockerd.get(f"/{kind}").body)
        for kind in ("services", "secrets", "configs", "nodes")
    }
    objects["networks"] = _by_id(dockerd.get(f"/networks?filters={scope}").body)
    objects["swarm"] = _by_id(b"[" + dockerd.get("/swarm").body + b"]")
    objects["nodes"] = {id_: _node(text) for id_, text in objects["nodes"].items()}
    return objects


def shown(store: Store) -> Objects:
    """Every object of a store but tasks, as the API of that engine would list it."""
    return {
        "services": _each(store.services, convert.service_from_grpc, service_as_20_10),
        "secrets": _each(store.secrets, _secret),
        "configs": _each(store.configs, convert.config_from_grpc),
        "nodes": _each(store.nodes, convert.node_from_grpc, _node),
        "networks": _each(_listed(store.networks), convert.network_from_grpc, _network),
        "swarm": _each(store.clusters, _swarm),
    }


def payloads(found: Mapping[str, pb.Secret | pb.Config]) -> dict[str, bytes]:
    """The payloads of secrets or configs, by id, as ``Filler`` keeps them."""
    return {id_: each.spec.data for id_, each in found.items()}


def payloads_by_name(store: Store) -> dict[str, bytes]:
    """The payloads of a store's secrets, by name, as ``Writer`` keeps them."""
    return {name_of(each): each.spec.data for each in store.secrets.values()}


def assert_equal(ours: Objects, theirs: Objects) -> None:
    """Compare object by object; what differs is one object, not a hundred kilobytes."""
    assert ours.keys() == theirs.keys()
    for kind, objects in theirs.items():
        assert ours[kind].keys() == objects.keys(), kind
        for id_, text in objects.items():
            assert ours[kind][id_] == text, kind


def _each(
    found: Mapping[str, Any],
    convert_one: Callable[[Any], Any],
    as_old: Callable[[str], str] = str,
) -> dict[str, str]:
    return {id_: as_old(engine.encode(convert_one(each)).decode()) for id_, each in found.items()}


def _listed(networks: Mapping[str, pb.Network]) -> dict[str, pb.Network]:
    # The API shows the nodes' own networks as theirs, not as the swarm's.
    return {
        id_: each
        for id_, each in networks.items()
        if _PREDEFINED not in each.spec.annotations.labels
    }


def _secret(secret: pb.Secret) -> engine.Secret:
    # A manager tells nobody but the nodes that need it what a secret holds.
    told = pb.Secret()
    told.CopyFrom(secret)
    told.spec.ClearField("data")
    return convert.secret_from_grpc(told)


def _swarm(cluster: pb.Cluster) -> engine.Swarm:
    # Managers fill these in when they are asked; they are not stored.
    told = pb.Cluster()
    told.CopyFrom(cluster)
    if not told.defaultAddressPool:
        told.defaultAddressPool.append("10.0.0.0/8")
        told.subnetSize = 24
    return convert.swarm_from_grpc(told)


def _network(text: str) -> str:
    # Newer engines say of every network of a swarm that it has IPv4; 20.10 does not know the word.
    assert '"EnableIPv4":true' in text
    return network_as_20_10(text.replace('"EnableIPv4":true', '"EnableIPv4":false'), None)


def _node(text: str) -> str:
    # Who leads and who is reached is asked of the managers, not stored.
    node = plain(text)
    node.pop("ManagerStatus", None)
    return go_text(node)


def _by_id(body: bytes) -> dict[str, str]:
    items: Iterable[bytes] = map(bytes, msgspec.json.decode(body, type=list[msgspec.Raw]))
    return {_id(plain(item)): item.decode() for item in items}


def _id(found: Any) -> str:
    return str(found["ID"] if "ID" in found else found["Id"])
