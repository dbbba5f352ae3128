"""Copies of a manager's folder, taken while it runs and writes."""

import subprocess
from types import SimpleNamespace

import pytest

from swarmwire import raftstore
from swarmwire.errors import StoreError
from tests.support.dockerd import Dockerd
from tests.support.listed_swarm import payloads_by_name
from tests.support.stored_swarm import Filler, Writer, force_snapshots

pytestmark = pytest.mark.engine

COPIES = 6
WAL, SNAP = "raft/wal-v3-encrypted", "raft/snap-v3-encrypted"


@pytest.fixture(scope="module")
def writing(engines):
    """A manager that takes a snapshot every thirty entries, and somebody who writes to it."""
    with Dockerd() as dockerd:
        dockerd.init_swarm()
        force_snapshots(Filler(dockerd), 30)
        writer = Writer(dockerd, "secret")
        writer.start()
        dockerd.wait_for("some secrets", lambda: len(writer.acknowledged) > 50)
        yield SimpleNamespace(dockerd=dockerd, acknowledged=writer.acknowledged, asked=writer.asked)
        writer.end()


def copied(folder, target, parts):
    target.mkdir(parents=True)
    (target / "raft").mkdir()
    for part in parts:
        # What vanishes while it is copied, a temporary file or an old snapshot, is no failure.
        subprocess.run(
            ["cp", "-a", "--sparse=always", folder / part, (target / part).parent],
            check=False,
            stderr=subprocess.DEVNULL,
        )
    return target


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(["certificates", WAL, SNAP], id="log first"),
        pytest.param(["certificates", SNAP, WAL], id="snapshots first"),
        pytest.param(["certificates", "raft"], id="as it comes"),
    ],
)
def test_copies_hold_what_was_acknowledged_before(writing, tmp_path, parts):
    for at in range(COPIES):
        before = dict(writing.acknowledged)
        copy = copied(writing.dockerd.data_root / "swarm", tmp_path / str(at), parts)
        recovery = raftstore.read(copy)
        found = payloads_by_name(recovery.store)
        assert {name: found.get(name) for name in before} == before
        assert {name: writing.asked.get(name) for name in found} == found


def test_a_running_manager_is_not_read_unless_asked_for(writing):
    with pytest.raises(StoreError, match="is running"):
        raftstore.read(writing.dockerd.data_root)


def test_a_running_manager_is_read_when_asked_for_and_goes_on(writing):
    before = dict(writing.acknowledged)
    recovery = raftstore.read(writing.dockerd.data_root, raftstore.Options(running=True))
    found = payloads_by_name(recovery.store)
    assert {name: found.get(name) for name in before} == before
    writing.dockerd.wait_for("more", lambda: len(writing.acknowledged) > len(before) + 5)
