"""A manager that joined later got its beginning as a snapshot, not as entries."""

import pytest

from swarmwire import raftstore
from swarmwire.errors import CorruptLog
from tests.support.raft_folder import RaftFolder, create, member, objects_of, secret
from tests.support.raft_folder.damage import cut


@pytest.fixture
def folder(tmp_path):
    folder = RaftFolder(tmp_path / "swarm", name="manager-3", begin=False)
    folder.term = 4
    managers = [member(f"manager-{number}") for number in (1, 2, 3)]
    folder.receive_snapshot(70, [secret("early")], managers)
    folder.transaction(create(secret("late")))
    return folder


def test_with_its_snapshot_it_is_as_good_as_any(folder):
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.position.first_index == 71
    assert recovery.findings == []
    assert len(recovery.members.members) == 3


@pytest.mark.parametrize("left", ["half", "none"])
def test_without_it_the_error_explains(folder, left):
    root = folder.write()
    path = folder.snapshot_file(70)
    path.unlink() if left == "none" else cut(path, 30)
    with pytest.raises(CorruptLog, match=r"begins at entry 71.*joined later"):
        raftstore.read(root)


def test_what_its_entries_hold_is_given_when_asked_for(folder):
    folder.snapshots = {}
    recovery = raftstore.read(folder.write(), raftstore.Options(partial=True))
    (found,) = recovery.store.secrets.values()
    assert found.spec.annotations.name == "late"
    assert not recovery.is_whole
