"""State directories of real managers, unpacked and recovered once."""

import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from swarmwire import raftstore
from tests.support.raft_folder import RaftFolder, fill
from tests.support.raft_folder.samples import tar_of, unlock_keys


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> Callable[[str], Path]:
    """The folder of a sample, with ``swarm`` and ``api`` in it. Nobody may write there."""
    root = tmp_path_factory.mktemp("samples")

    @cache
    def unpack(name: str) -> Path:
        subprocess.run(["tar", "-xf", tar_of(name), "-C", root], check=True)
        return root / name

    return unpack


@pytest.fixture(scope="session")
def recovered() -> Callable[[str], raftstore.Recovery]:
    """What a sample's tar gives. Nobody may change it."""

    @cache
    def recover(name: str) -> raftstore.Recovery:
        return raftstore.read(tar_of(name), raftstore.Options(unlock_keys=unlock_keys(name)))

    return recover


@pytest.fixture
def folder(tmp_path) -> RaftFolder:
    """A manager that is alone, with something of several kinds, of which some changed."""
    return fill(RaftFolder(tmp_path / "swarm"))
