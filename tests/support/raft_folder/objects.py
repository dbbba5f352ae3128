"""Objects to write into a folder, and what a transaction does to them."""

from collections.abc import Iterable
from hashlib import sha256
from typing import TypeAlias

from google.protobuf.message import Message

from swarmwire import pb

Key: TypeAlias = tuple[str, str]
"""An object's kind and id."""

_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


def object_id(name: str) -> str:
    """An id of SwarmKit's form that always is the same for a name."""
    number = int.from_bytes(sha256(name.encode()).digest())
    letters = ""
    while len(letters) < 25:
        number, rest = divmod(number, 36)
        letters += _LETTERS[rest]
    return letters


def kind_of(message: Message) -> str:
    """The word that store actions have for the message's kind."""
    return type(message).__name__.lower()


def key_of(message: Message) -> Key:
    """Kind and id."""
    return kind_of(message), message.id


def objects_of(store: Iterable[tuple[str, Message]]) -> dict[Key, Message]:
    """What a store holds, in the shape in which folders remember it."""
    return {(kind, message.id): message for kind, message in store}


def secret(name: str, payload: bytes = b"", **labels: str) -> pb.Secret:
    """A secret; without a payload it has one that names it."""
    found = pb.Secret(id=object_id(f"secret {name}"))
    found.spec.annotations.name = name
    found.spec.annotations.labels.update(labels)
    found.spec.data = payload or f"the payload of {name}".encode()
    return found


def config(name: str, payload: bytes = b"") -> pb.Config:
    """A config; without a payload it has one that names it."""
    found = pb.Config(id=object_id(f"config {name}"))
    found.spec.annotations.name = name
    found.spec.data = payload or f"the content of {name}".encode()
    return found


def service(name: str, image: str = "busybox:1", replicas: int = 1) -> pb.Service:
    """A replicated service."""
    found = pb.Service(id=object_id(f"service {name}"))
    found.spec.annotations.name = name
    found.spec.task.container.image = image
    found.spec.replicated.replicas = replicas
    return found


def network(name: str) -> pb.Network:
    """An overlay network."""
    found = pb.Network(id=object_id(f"network {name}"))
    found.spec.annotations.name = name
    found.spec.driver_config.name = "overlay"
    return found


def node(name: str, **labels: str) -> pb.Node:
    """A worker node."""
    found = pb.Node(id=object_id(f"node {name}"))
    found.spec.annotations.labels.update(labels)
    found.description.hostname = name
    return found


def task(service_name: str, slot: int = 1) -> pb.Task:
    """A task of a service."""
    found = pb.Task(id=object_id(f"task {service_name} {slot}"), slot=slot)
    found.service_id = object_id(f"service {service_name}")
    found.service_annotations.name = service_name
    return found


def cluster(cluster_id: str = "") -> pb.Cluster:
    """The cluster object, with a root key and join tokens that are none."""
    found = pb.Cluster(id=cluster_id or object_id("cluster"))
    found.spec.annotations.name = "default"
    found.root_ca.ca_key = b"-----BEGIN EC PRIVATE KEY-----\nnot a key\n"
    found.root_ca.join_tokens.worker = "SWMTKN-1-not-a-worker-token"
    found.root_ca.join_tokens.manager = "SWMTKN-1-not-a-manager-token"
    return found


def create(message: Message) -> pb.StoreAction:
    """The action that makes an object."""
    return _action(pb.StoreActionKind.STORE_ACTION_CREATE, message)


def update(message: Message) -> pb.StoreAction:
    """The action that changes an object: it holds the whole of it."""
    return _action(pb.StoreActionKind.STORE_ACTION_UPDATE, message)


def remove(message: Message) -> pb.StoreAction:
    """The action that removes an object: it holds the whole of it, too."""
    return _action(pb.StoreActionKind.STORE_ACTION_REMOVE, message)


def _action(number: int, message: Message) -> pb.StoreAction:
    action = pb.StoreAction(action=number)
    getattr(action, kind_of(message)).CopyFrom(message)
    return action
