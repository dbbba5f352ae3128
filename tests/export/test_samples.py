"""The services of real managers: every one has a file, and what it cannot say is listed."""

from pathlib import Path

import pytest

from swarmwire import export, raftstore, stack
from swarmwire.errors import StoreError
from tests.support.raft_folder.samples import SAMPLES, tar_of, unlock_keys

NAMES = sorted(path.name.removesuffix(".tar.xz") for path in Path(SAMPLES).glob("*.tar.xz"))


@pytest.mark.parametrize("name", NAMES)
def test_every_service_is_in_a_file(name):
    options = raftstore.Options(unlock_keys=unlock_keys(name), running=True)
    try:
        store = raftstore.read(tar_of(name), options).store
    except StoreError:
        return  # a worker's, or one without its key
    swarm = export.KnownSwarm(
        tuple(store.services.values()),
        tuple(store.networks.values()),
        tuple(store.secrets.values()),
        tuple(store.configs.values()),
        tasks=tuple(store.tasks.values()),
        nodes=tuple(store.nodes.values()),
    )
    for group, services in export.stacks_of(swarm.services).items():
        found = export.export(swarm, group or "services", services, release="20.10")
        assert {each.verdict for each in found.proof.services} <= {"kept", "restarts", "created"}
        loaded = stack.load(
            [stack.File("", found.text)], environment={}, read=Path.read_bytes, directory="/"
        )
        assert len(loaded.sections.services) == len(services)
        if not group:
            label = "TaskTemplate.ContainerSpec.Labels[com.docker.stack.namespace]"
            for each in found.proof.services:
                assert each.verdict == "created"
                assert label in {one.path for one in each.unsaid}
