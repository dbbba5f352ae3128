"""Stores to compare: of real managers, and small ones made here."""

from pathlib import Path

import pytest

from swarmwire import pb, raftstore
from swarmwire.raftstore import Store
from tests.cli.conftest import run

__all__ = ["run"]

SAMPLES = Path(__file__).parents[1] / "raftstore" / "samples"
UNLOCK_KEY = "SWMKEY-1-Afyi7kGbFfd9SHtwjEJ79JGk4Y0sDq7PJsyeYfORDBY"
"""Opens sample 03."""


def sample_path(number):
    (path,) = SAMPLES.glob(f"{number}-*.tar.xz")
    return path


@pytest.fixture
def sample():
    """The store of a real manager, by the number of the sample."""

    def read(number, **options):
        keys = (UNLOCK_KEY,) if number == "03" else ()
        return raftstore.read(
            sample_path(number), raftstore.Options(unlock_keys=keys, **options)
        ).store

    return read


def store_of(*messages):
    """A store with these objects; their version is their place."""
    out = Store()
    for index, message in enumerate(messages, 1):
        copy = type(message)()
        copy.CopyFrom(message)
        if not copy.meta.version.index:
            copy.meta.version.index = index
        out.of(type(message).DESCRIPTOR.name.lower())[copy.id] = copy
    return out


def named(kind, name, id_="", **spec):
    """An object of that name; its id is made of the name if none is given."""
    message = kind(id=id_ or f"id-of-{name}", spec=spec)
    message.spec.annotations.name = name
    return message


def service(name, id_="", **task):
    message = named(pb.Service, name, id_, task=task)
    message.spec.replicated.replicas = 1
    return message


def node(hostname, id_, **spec):
    message = pb.Node(id=id_, spec=spec)
    message.description.hostname = hostname
    return message
