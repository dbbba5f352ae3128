"""Snapshots: good ones, bad ones, too many, none, with and without the log that belongs to them."""

import google_crc32c
import pytest

from swarmwire import pb, raftstore
from swarmwire.errors import CorruptLog, StoreError, WrongKey
from tests.support.raft_folder import (
    create,
    key,
    member,
    objects_of,
    remove,
    secret,
)
from tests.support.raft_folder.damage import cut, flip


@pytest.fixture
def folder(folder):
    """Three snapshots in three segments, and something behind the last."""
    for name in ("a", "b", "c"):
        folder.transaction(create(secret(name)))
        folder.snapshot()
        folder.cut()
        folder.transaction(create(secret(f"{name} later")))
    folder.transaction(remove(secret("a")))
    return folder


def kinds(recovery):
    return [each.kind for each in recovery.findings]


def test_the_newest_is_used(folder):
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.position.snapshot_index == max(folder.snapshots)
    assert recovery.position.first_index == max(folder.snapshots) + 1
    assert recovery.findings == []


@pytest.mark.parametrize("number", [None, 0, 1, 2])
def test_any_of_them_and_the_log_give_the_same(folder, number):
    kept = [] if number is None else [sorted(folder.snapshots)[number]]
    folder.snapshots = {index: folder.snapshots[index] for index in kept}
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.position.snapshot_index == (kept[0] if kept else 0)
    assert recovery.is_whole


class TestBad:
    """The newest is bad: the one before it and the log are as good."""

    def check(self, folder):
        newest, before = sorted(folder.snapshots)[-1:-3:-1]
        path = folder.snapshot_file(newest)
        names = sorted(path.parent.iterdir())
        recovery = raftstore.read(folder.root)
        assert objects_of(recovery.store) == folder.objects()
        assert recovery.position.snapshot_index == before
        (finding,) = recovery.findings
        assert (finding.kind, finding.file) == ("damaged-snapshot", folder.snapshots[newest][0])
        assert recovery.is_whole
        assert sorted(path.parent.iterdir()) == names

    def test_it_is_half_written(self, folder):
        folder.write()
        path = folder.snapshot_file(max(folder.snapshots))
        for size in range(path.stat().st_size - 1, 0, -50):
            cut(path, size)
            self.check(folder)

    def test_it_is_empty(self, folder):
        folder.write()
        cut(folder.snapshot_file(max(folder.snapshots)), 0)
        self.check(folder)

    def test_it_is_zeros(self, folder):
        folder.write()
        path = folder.snapshot_file(max(folder.snapshots))
        path.write_bytes(bytes(path.stat().st_size))
        self.check(folder)

    def test_any_bit_of_it(self, folder):
        folder.write()
        path = folder.snapshot_file(max(folder.snapshots))
        for offset in range(0, path.stat().st_size, 20):
            flip(path, offset)
            self.check(folder)
            flip(path, offset)

    def test_its_checksum_is_zero(self, folder):
        newest = max(folder.snapshots)
        name, data = folder.snapshots[newest]
        outer = pb.snappb.Snapshot.FromString(data)
        outer.crc = 0
        folder.snapshots[newest] = (name, outer.SerializeToString())
        folder.write()
        self.check(folder)

    def test_it_tells_no_index(self, folder):
        newest = max(folder.snapshots)
        name, data = folder.snapshots[newest]
        outer = pb.snappb.Snapshot.FromString(data)
        inner = pb.raftpb.Snapshot.FromString(outer.data)
        inner.metadata.index = 0
        outer.data = inner.SerializeToString()
        outer.crc = google_crc32c.value(outer.data)
        folder.snapshots[newest] = (name, outer.SerializeToString())
        folder.write()
        self.check(folder)

    def test_it_holds_something_else(self, folder):
        newest = max(folder.snapshots)
        folder.add_snapshot(newest, folder.term, b"\xff no snapshot at all")
        folder.write()
        self.check(folder)


def test_all_are_bad_and_the_log_is_whole(folder):
    folder.write()
    for index in folder.snapshots:
        cut(folder.snapshot_file(index), 10)
    recovery = raftstore.read(folder.root)
    assert objects_of(recovery.store) == folder.objects()
    assert kinds(recovery) == ["damaged-snapshot"] * 3
    assert recovery.is_whole


class TestNoBeginning:
    """No snapshot is left, and the log begins later."""

    @pytest.fixture
    def folder(self, folder):
        folder.collect()
        assert folder.segments[0].first > 1
        return folder

    def test_it_is_an_error(self, folder):
        folder.write()
        cut(folder.snapshot_file(max(folder.snapshots)), 10)
        with pytest.raises(CorruptLog, match="no sound snapshot"):
            raftstore.read(folder.root)

    def test_what_later_entries_hold_is_given_when_asked_for(self, folder):
        folder.snapshots = {}
        recovery = raftstore.read(folder.write(), raftstore.Options(partial=True))
        names = {each.spec.annotations.name for each in recovery.store.secrets.values()}
        assert names == {"c later"}
        assert not recovery.is_whole


class TestSnapshotOnly:
    """Only the snapshots were kept, not the log."""

    @pytest.mark.parametrize("what", ["no folder", "an empty folder", "other names"])
    def test_it_gives_what_is_in_the_snapshot(self, folder, what):
        root = folder.write()
        for path in (root / "raft/wal-v3-encrypted").iterdir():
            path.rename(path.with_suffix(".old")) if what == "other names" else path.unlink()
        if what == "no folder":
            (root / "raft/wal-v3-encrypted").rmdir()
        recovery = raftstore.read(root)
        assert objects_of(recovery.store) == folder.objects(max(folder.snapshots))
        assert kinds(recovery) == ["missing-log"]
        assert str(max(folder.snapshots)) in recovery.findings[0].reason
        assert not recovery.is_whole
        assert recovery.position.index == max(folder.snapshots)
        assert sorted(recovery.members.members) == [folder.myself.raft_id]


def test_a_log_that_ends_with_the_marker_of_the_snapshot_is_whole(folder):
    folder.snapshot()
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.position.first_index == 0
    assert recovery.findings == []


def test_a_marker_without_its_file_does_no_harm(folder):
    folder.snapshot(file=False)
    folder.transaction(create(secret("after")))
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.is_whole


def test_a_snapshot_newer_than_the_copy_of_the_log(folder):
    """The log was copied first, and then the snapshots of a manager that went on."""
    segments = [bytes(each.data) for each in folder.segments]
    folder.transaction(create(secret("while it was copied")))
    index = folder.snapshot()
    folder.write()
    for segment, data in zip(folder.segments, segments, strict=True):
        (folder.root / segment.name).write_bytes(data)
    recovery = raftstore.read(folder.root)
    assert objects_of(recovery.store) == folder.objects(index)
    assert recovery.position.index == index
    assert "missing-log" in kinds(recovery)


def test_a_marker_of_another_term_is_said(folder):
    folder.marker(folder.commit_index, folder.term + 5)
    folder.snapshot(marker=False)
    recovery = raftstore.read(folder.write())
    assert kinds(recovery) == ["anomaly"]
    assert "another term" in recovery.findings[0].reason


@pytest.mark.parametrize("version", [1, 7])
def test_a_version_that_nobody_knows_is_refused(folder, version):
    newest = max(folder.snapshots)
    message = folder.snapshot_message(newest)
    message.version = version
    folder.add_snapshot(newest, folder.term, message.SerializeToString())
    with pytest.raises(StoreError, match=f"unknown version {version}") as caught:
        raftstore.read(folder.write())
    assert caught.value.file == folder.snapshots[newest][0]


def test_a_sound_snapshot_under_another_key_is_no_damage(folder):
    folder.dek = key("another")
    folder.snapshot()
    with pytest.raises(WrongKey, match="the snapshot is sound"):
        raftstore.read(folder.write())


def test_a_snapshot_that_is_not_encrypted_where_all_must_be_is_refused(folder):
    folder.cipher = "plain"
    folder.snapshot()
    with pytest.raises(StoreError, match="not encrypted"):
        raftstore.read(folder.write())


@pytest.mark.parametrize(
    "name",
    [
        "0000000000000009-00000000000000ff.snap.broken",
        "0000000000000009-00000000000000ff.snap.tmp",
        "notes",
    ],
)
@pytest.mark.parametrize("content", ["noise", "an older snapshot"])
def test_other_names_are_not_snapshots(folder, name, content):
    folder.write()
    oldest = folder.snapshot_file(min(folder.snapshots))
    data = b"noise" * 100 if content == "noise" else oldest.read_bytes()
    (oldest.parent / name).write_bytes(data)
    recovery = raftstore.read(folder.root)
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.position.snapshot_index == max(folder.snapshots)
    assert {each.kind for each in recovery.findings} <= {"left-over"}


def test_what_a_snapshot_holds_is_read_as_it_is(folder):
    """Every kind of object that the folder has is in the snapshot, the members are, too."""
    gone = member("manager-2")
    folder.add_member(gone)
    folder.remove_member(gone)
    index = folder.snapshot()
    folder.drop_segment(-1)
    recovery = raftstore.read(folder.write())
    assert recovery.position.snapshot_index == index
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.members.removed == [gone.raft_id]
    assert sorted(recovery.members.members) == [folder.myself.raft_id]


def test_a_directory_that_is_named_like_a_snapshot(folder):
    root = folder.write()
    (root / "raft/snap-v3-encrypted/0000000000000009-00000000000000ff.snap").mkdir()
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects()
