"""Where reading begins: at a snapshot that is old enough, or at the first segment."""

import pytest

from swarmwire import pb, raftstore
from swarmwire.errors import CorruptLog, StoreError
from tests.support.raft_folder import BEGAN, RaftFolder, create, member, objects_of, secret
from tests.support.raft_folder.damage import cut, zero

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


# A log without entries is no empty swarm: the first entry of every swarm adds its manager.


def test_a_log_that_was_only_begun(tmp_path):
    folder = RaftFolder(tmp_path / "swarm", begin=False)
    with pytest.raises(CorruptLog, match="no empty swarm"):
        raftstore.read(folder.write())


@pytest.mark.parametrize("change", ["cut", "zeros"])
def test_a_log_of_which_only_the_beginning_is_left(folder, change):
    root = folder.write()
    path = root / folder.segments[0].name
    place = folder.place(1)
    if change == "cut":
        cut(path, place.offset)
    else:
        zero(path, place.offset, path.stat().st_size)
    with pytest.raises(CorruptLog, match="no empty swarm"):
        raftstore.read(root)


# A manager that joined later got its beginning as a snapshot, not as entries.


@pytest.fixture
def joiner(tmp_path):
    joiner = RaftFolder(tmp_path / "swarm", name="manager-3", begin=False)
    joiner.term = 4
    managers = [member(f"manager-{number}") for number in (1, 2, 3)]
    joiner.receive_snapshot(70, [secret("early")], managers)
    joiner.transaction(create(secret("late")))
    return joiner


def test_with_its_snapshot_it_is_as_good_as_any(joiner):
    recovery = raftstore.read(joiner.write())
    assert objects_of(recovery.store) == joiner.objects()
    assert recovery.position.first_index == 71
    assert recovery.findings == []
    assert len(recovery.members.members) == 3


@pytest.mark.parametrize("left", ["half", "none"])
def test_without_it_the_error_explains(joiner, left):
    root = joiner.write()
    path = joiner.snapshot_file(70)
    path.unlink() if left == "none" else cut(path, 30)
    with pytest.raises(CorruptLog, match=r"begins at entry 71.*joined later"):
        raftstore.read(root)


def test_what_its_entries_hold_is_given_when_asked_for(joiner):
    joiner.snapshots = {}
    recovery = raftstore.read(joiner.write(), raftstore.Options(partial=True))
    (found,) = recovery.store.secrets.values()
    assert found.spec.annotations.name == "late"
    assert not recovery.is_whole


# What later entries hold, when the beginning of the log is gone: earlier states are not there.


@pytest.fixture
def headless(folder):
    """The first of two segments is gone, and there is no snapshot."""
    folder.cut()
    folder.transaction(create(secret("later")))
    folder.transaction(create(secret("last")))
    folder.drop_segment(0)
    folder.write()
    return folder


def names(recovery):
    return [each.spec.annotations.name for each in recovery.store.secrets.values()]


def read(headless, **options):
    return raftstore.read(headless.root, raftstore.Options(**options))


def test_it_has_to_be_asked_for(headless):
    with pytest.raises(CorruptLog, match="--partial"):
        read(headless)


def test_what_is_left_is_given(headless):
    recovery = read(headless, partial=True)
    assert names(recovery) == ["later", "last"]
    assert not recovery.is_whole


def test_a_state_that_is_left(headless):
    first = headless.index - 1
    assert names(read(headless, partial=True, at=first)) == ["later"]


def test_a_state_before_it(headless):
    first = headless.index - 1
    with pytest.raises(StoreError, match=rf"no state at {first - 1}: the log begins at {first}"):
        read(headless, partial=True, at=first - 1)


@pytest.mark.parametrize("limit", ["at", "until"])
def test_without_it_an_earlier_state_is_not_here_any_more(headless, limit):
    with pytest.raises(CorruptLog, match="not here any more"):
        read(headless, **{limit: 5})


def test_where_nothing_is_gone_it_changes_nothing(tmp_path, headless):
    whole = type(headless)(tmp_path / "whole")
    whole.transaction(create(secret("a")))
    whole.write()
    recovery = read(whole, partial=True)
    assert objects_of(recovery.store) == whole.objects()
    assert recovery.findings == []
