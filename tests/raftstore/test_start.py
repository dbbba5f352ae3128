"""Where reading begins: at a snapshot that is old enough, or at the first segment."""

import pytest

from swarmwire import pb, raftstore
from swarmwire.errors import CorruptLog
from tests.support.raft_folder import BEGAN, RaftFolder, create, objects_of, secret
from tests.support.raft_folder.damage import cut

SECOND = 1_000_000_000


@pytest.fixture
def collected(folder):
    """A snapshot, and a log that begins behind it."""
    folder.snapshot()
    folder.cut()
    folder.collect()
    folder.transaction(create(secret("later")))
    return folder


def test_a_snapshot_that_is_old_enough_for_a_time(collected):
    collected.write()
    at = max(collected.snapshots)
    recovery = raftstore.read(collected.root, raftstore.Options(until=BEGAN + at * SECOND))
    assert objects_of(recovery.store) == collected.objects(at)
    assert recovery.position.snapshot_index == at


def test_one_that_is_not(collected):
    collected.write()
    options = raftstore.Options(until=BEGAN + max(collected.snapshots) * SECOND - 1)
    with pytest.raises(CorruptLog, match="no sound snapshot is old enough"):
        raftstore.read(collected.root, options)


def test_without_a_log_nobody_knows_whose_it_is(collected):
    root = collected.write()
    (root / collected.segments[0].name).unlink()
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == collected.objects(max(collected.snapshots))
    assert recovery.myself == pb.RaftMember()
    assert [each.kind for each in recovery.findings] == ["missing-log"]


def test_without_a_log_and_with_half_a_snapshot_nothing_is_left(collected):
    root = collected.write()
    (root / collected.segments[0].name).unlink()
    cut(collected.snapshot_file(max(collected.snapshots)), 30)
    with pytest.raises(CorruptLog, match="holds no entry at all") as caught:
        raftstore.read(root)
    assert caught.value.file == "raft"


def test_a_log_of_zeros_is_named(folder):
    root = folder.write()
    path = root / folder.segments[0].name
    path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(CorruptLog, match="holds no entry at all") as caught:
        raftstore.read(root)
    assert caught.value.file == folder.segments[0].name


def test_a_segment_that_begins_at_the_first_entry_misses_nothing(tmp_path):
    folder = RaftFolder(tmp_path / "swarm", begin=False)
    folder.cut()
    folder.drop_segment(0)
    folder.add_member(folder.myself)
    folder.transaction(create(secret("a")))
    assert folder.segments[0].first == 1
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.is_whole
