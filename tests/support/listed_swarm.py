"""Every object of a swarm as its engine's API lists it, and as a store says it would be listed.

Texts, equal to the byte. Tasks are left out: they change while a manager is being asked.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import quote

from swarmwire import convert, engine, pb
from swarmwire.raftstore import Store, name_of
from tests.support.dockerd import Dockerd
from tests.support.json_text import go_text, items, plain

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
    """Every object of a store but tasks, as the API of its engine would list it."""
    release = _release_of(store)

    def each(found: Mapping[str, Any], from_grpc: Callable[..., Any]) -> dict[str, str]:
        shown_ones = {id_: from_grpc(one, release=release) for id_, one in found.items()}
        return {
            id_: engine.encode(one, release=release).decode() for id_, one in shown_ones.items()
        }

    nodes = each(store.nodes, convert.node_from_grpc)
    return {
        "services": each(store.services, convert.service_from_grpc),
        "secrets": each(store.secrets, _secret),
        "configs": each(store.configs, convert.config_from_grpc),
        "nodes": {id_: _node(text) for id_, text in nodes.items()},
        "networks": each(_listed(store.networks), convert.network_from_grpc),
        "swarm": each(store.clusters, _swarm),
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


def _release_of(store: Store) -> engine.Release:
    """The release of the managers' engine, as a node told it."""
    versions = {each.description.engine.engine_version for each in store.nodes.values()} - {""}
    (release,) = {engine.release(version) for version in versions}
    return release


def _listed(networks: Mapping[str, pb.Network]) -> dict[str, pb.Network]:
    # The API shows the nodes' own networks as theirs, not as the swarm's.
    return {
        id_: each
        for id_, each in networks.items()
        if _PREDEFINED not in each.spec.annotations.labels
    }


def _secret(secret: pb.Secret, release: engine.Release) -> engine.Secret:
    # A manager tells nobody but the nodes that need it what a secret holds.
    told = pb.Secret()
    told.CopyFrom(secret)
    told.spec.ClearField("data")
    return convert.secret_from_grpc(told, release=release)


def _swarm(cluster: pb.Cluster, release: engine.Release) -> engine.Swarm:
    # Managers fill these in when they are asked; they are not stored.
    told = pb.Cluster()
    told.CopyFrom(cluster)
    if not told.defaultAddressPool:
        told.defaultAddressPool.append("10.0.0.0/8")
        told.subnetSize = 24
    return convert.swarm_from_grpc(told, release=release)


def _node(text: str) -> str:
    # Who leads and who is reached is asked of the managers, not stored.
    node = plain(text)
    node.pop("ManagerStatus", None)
    return go_text(node)


def _by_id(body: bytes) -> dict[str, str]:
    return {_id(plain(item)): item for item in items(body)}


def _id(found: Any) -> str:
    return str(found["ID"] if "ID" in found else found["Id"])
