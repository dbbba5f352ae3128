"""Folders of managers, written by the tests or by real ones, and the command."""

from contextlib import contextmanager

import pytest

from tests.cli.conftest import invoke, run
from tests.support.powerless import powerless
from tests.support.raft_folder import (
    RaftFolder,
    cluster,
    config,
    create,
    fill,
    key,
    network,
    node,
    remove,
    secret,
    service,
)

__all__ = ["invoke", "run"]

PAYLOAD = b"hunter2"
"""Of the secret ``password`` that ``fill`` writes."""


@pytest.fixture
def swarm(tmp_path):
    """The folder of a manager that is alone."""
    return fill(RaftFolder(tmp_path / "swarm")).write()


@pytest.fixture
def rich(tmp_path):
    """A folder with something of each kind that can be asked for."""
    folder = RaftFolder(tmp_path / "swarm")
    found = cluster(folder.cluster_id)
    found.unlock_keys.add(subsystem="swarm-manager", key=key("unlock"))
    web = service("web")
    web.spec.task.container.pull_options.registry_auth = "the-credentials"
    folder.transaction(create(found), create(node("worker-1", zone="east")))
    folder.transaction(create(network("front")), create(config("settings", b"colour = blue")))
    folder.transaction(create(secret("password", PAYLOAD)), create(web))
    folder.transaction(create(secret("doomed", b"lost and found")))
    folder.transaction(remove(secret("doomed", b"lost and found")))
    return folder.write()


@pytest.fixture
def locked(tmp_path):
    """A folder that takes an unlock key, and a snapshot in it."""
    folder = fill(RaftFolder(tmp_path / "swarm", unlock_key=key("unlock")))
    return folder.write()


@contextmanager
def without_rights(folder, left=0):
    """With no other rights than these for a folder, root or not."""
    mode = folder.stat().st_mode
    folder.chmod(left)
    try:
        with powerless():
            yield
    finally:
        folder.chmod(mode)
