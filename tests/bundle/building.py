"""Stores made by hand, and bundles of them."""

import json
from base64 import urlsafe_b64encode

from swarmwire import pb
from swarmwire.bundle import About, Bundle, Source, files_of
from swarmwire.raftstore import Store
from tests.support.raft_folder.objects import (
    cluster,
    config,
    kind_of,
    network,
    node,
    object_id,
    secret,
    service,
    task,
)

AUTH = urlsafe_b64encode(
    json.dumps({"username": "anna", "password": "open-sesame", "serveraddress": "example"}).encode()
).decode()
OLD_AUTH = urlsafe_b64encode(b'{"username": "anna", "password": "swordfish"}').decode()
UNLOCK_KEY = bytes(range(32))
ABOUT = About(
    version="1.2.3",
    source=Source(
        cluster_id=object_id("cluster"),
        cluster_name="default",
        node_id="n",
        index=7,
        term=2,
        commit=7,
        updated_at="2026-01-31T12:00:00Z",
    ),
)


def store_of(*objects):
    """A store with these objects."""
    store = Store()
    for each in objects:
        store.of(kind_of(each))[each.id] = each
    return store


def private_service(name="web"):
    """A service with credentials now and before, in a network, with a secret."""
    found = service(name)
    container = found.spec.task.container
    container.pull_options.registry_auth = AUTH
    container.secrets.add(secret_id=object_id("secret password"), secret_name="password")
    container.secrets[0].file.name = "password"
    found.spec.task.networks.add(target=object_id("network front"))
    found.previous_spec.CopyFrom(found.spec)
    found.previous_spec.task.container.pull_options.registry_auth = OLD_AUTH
    return found


def ingress():
    found = network("ingress")
    found.spec.ingress = True
    return found


def predefined():
    found = network("host")
    found.spec.annotations.labels["com.docker.swarm.predefined"] = "true"
    return found


def locked_cluster():
    found = cluster()
    found.root_ca.ca_cert = b"-----BEGIN CERTIFICATE-----\nnot a certificate\n"
    found.spec.encryption_config.auto_lock_managers = True
    found.unlock_keys.add(subsystem="swarm-ca", key=b"another one")
    found.unlock_keys.add(subsystem="swarm-manager", key=UNLOCK_KEY)
    return found


def full_store():
    """Something of everything."""
    worker = node("worker-1", zone="east")
    worker.spec.availability = pb.NodeSpec.DRAIN
    return store_of(
        locked_cluster(),
        worker,
        node("worker-2"),
        network("front"),
        ingress(),
        predefined(),
        secret("password", b"hunter2", stage="test"),
        config("settings", b"colour = blue\n"),
        private_service(),
        service("plain"),
        task("web", 1),
    )


def files(bundle: Bundle) -> dict[str, bytes]:
    """The files of a bundle, by name."""
    return {file.name: file.data for file in files_of(bundle, ABOUT)}
