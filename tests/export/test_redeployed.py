"""Stacks that the docker command deploys, exported and deployed again, as their proof says.

On the newest engine, with its own command. More of the same files, and all of the others that a
manager takes, were tried once: no task of 100 stacks was replaced.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from swarmwire import pb, raftstore
from swarmwire.control import sync
from swarmwire.errors import StoreError
from swarmwire.plan import is_job
from tests.cli.conftest import invoke
from tests.export.redeploying import Redeploying
from tests.export.test_samples import NAMES
from tests.export.test_unsaid import UNSAID
from tests.stack.stack_files import EXTERNAL, deployable_files
from tests.support.dockerd import Dockerd
from tests.support.raft_folder.samples import tar_of, unlock_keys

__all__ = ["invoke"]

pytestmark = pytest.mark.engine

FILES = deployable_files(12, services=10)
ALL = "update_config: {parallelism: 0}"
"""Tasks that wait never run: the first batch of a roll-out is the last."""
MOST = 5
"""So many services of a sample are deployed; of more, all are alike."""


@pytest.fixture(scope="module")
def daemon(newest):
    with Dockerd(newest) as daemon:
        daemon.init_swarm()
        daemon.import_image()
        for name in EXTERNAL["networks"]:
            daemon.post("/networks/create", {"Name": name, "Driver": "overlay"})
        for kind in ("secrets", "configs"):
            for name in EXTERNAL[kind]:
                daemon.post(f"/{kind}/create", {"Name": name, "Data": "eA=="})
        yield daemon


@pytest.fixture(scope="module")
def manager(daemon):
    with sync.connect(daemon.control_socket, secrets=True) as control:
        yield control


@pytest.fixture(scope="module")
def redeploying(daemon, manager):
    return Redeploying(daemon, manager)


@pytest.fixture
def folder():
    # The docker command sees no other folder of the machine.
    with tempfile.TemporaryDirectory(prefix="export-", dir="/tmp") as path:
        yield Path(path)


@pytest.mark.parametrize("number", range(len(FILES)))
def test_no_task_is_replaced(redeploying, invoke, folder, number):
    case = replace(FILES[number], stack=f"s{number}")
    place = folder / "stack"
    written = ("--files", place / "out") if number % 2 else ()
    found = redeploying.outcome(
        case.stack, lambda: redeploying.deploy_case(case, place), invoke, place, *written
    )
    assert found.refused == ""
    assert found.proof["holds"]
    assert len(found.before.services) == 10
    assert found.surprises() == []


def test_what_the_file_cannot_say_costs_what_the_proof_says(redeploying, invoke, folder):
    changes = {f"un_s{number}": change for number, (change, _) in enumerate(UNSAID)}
    text = "services:\n" + "".join(
        f"  s{number}: {{image: 'nginx:1', deploy: {{replicas: {number % 3 + 1}, {ALL}}}}}\n"
        for number in range(len(UNSAID) + 1)
    )
    file = folder / "un.yml"
    file.write_text(text)

    def change():
        for name, service in redeploying.stored("un").services.items():
            if name in changes:
                changes[name](service.spec)
                redeploying.update(service)

    found = redeploying.outcome(
        "un", lambda: redeploying.deploy("un", [file]), invoke, folder, change=change
    )
    assert found.refused == ""
    said = {each["service"]: each for each in found.proof["services"]}
    for number, (_, path) in enumerate(UNSAID):
        assert path in {each["path"] for each in said[f"un_s{number}"]["unsaid"]}
    assert found.surprises() == []
    assert sum(each["restarts"] for each in said.values()) >= len(UNSAID)


def test_the_services_of_the_samples(redeploying, manager, invoke, folder):
    def deploy():
        for name in NAMES:
            options = raftstore.Options(unlock_keys=unlock_keys(name), running=True)
            try:
                store = raftstore.read(tar_of(name), options).store
            except StoreError:
                continue  # a worker's
            Sample(manager, store, name).deploy()

    found = redeploying.outcome("samples", deploy, invoke, folder)
    assert found.refused == ""
    assert len(found.before.services) >= 25
    assert found.surprises() == []


class Sample:
    """The services of one store, in another swarm, as those of a stack."""

    def __init__(self, manager, store, name):
        self._manager = manager
        self._store = store
        self._name = name
        self._ids = {}

    def deploy(self):
        """Create some services, and what they refer to."""
        for service in list(self._store.services.values())[:MOST]:
            spec = service.spec
            spec.annotations.name = f"samples_{self._name[:2]}-{spec.annotations.name}"
            spec.annotations.labels["com.docker.stack.namespace"] = "samples"
            spec.annotations.labels["com.docker.stack.image"] = spec.task.container.image
            spec.task.container.labels["com.docker.stack.namespace"] = "samples"
            if not is_job(spec):
                spec.update.parallelism = 0  # as ALL
            for port in spec.endpoint.ports:
                # Others have it.
                port.published_port = 0
            for attachment in (*spec.task.networks, *spec.networks):
                attachment.target = self._id(self._store.networks[attachment.target])
            for kind in ("secret", "config"):
                for one in getattr(spec.task.container, f"{kind}s"):
                    stored = getattr(self._store, f"{kind}s")[getattr(one, f"{kind}_id")]
                    setattr(one, f"{kind}_id", self._id(stored))
                    setattr(one, f"{kind}_name", stored.spec.annotations.name)
            self._manager.create_service(pb.CreateServiceRequest(spec=spec))

    def _id(self, stored):
        if stored.id not in self._ids:
            self._ids[stored.id] = self._created(stored)
        return self._ids[stored.id]

    def _created(self, stored):
        spec, manager = stored.spec, self._manager
        spec.annotations.name = f"{self._name}-{spec.annotations.name}"
        match stored:
            case pb.Network():
                spec.ClearField("ipam")
                request = pb.CreateNetworkRequest(spec=spec)
                return manager.create_network(request).network.id
            case pb.Secret():
                spec.data = b"x"
                return manager.create_secret(pb.CreateSecretRequest(spec=spec)).secret.id
            case pb.Config():
                return manager.create_config(pb.CreateConfigRequest(spec=spec)).config.id
        raise AssertionError(stored)
