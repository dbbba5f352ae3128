"""Folders of all times: Docker 1.12, development builds before 1.13, upgraded ones."""

import fcntl
import os
import struct

import pytest

from swarmwire import raftstore
from swarmwire.errors import StoreError
from swarmwire.raftstore.files import FileLog
from tests.support.raft_folder import (
    RaftFolder,
    cluster,
    create,
    fill,
    node,
    objects_of,
    remove,
    secret,
    update,
)
from tests.support.raft_folder.damage import flip

PLAIN = ["-v3", ""]


@pytest.fixture(params=PLAIN, ids=["wal-v3", "1.12"])
def plain(request, tmp_path):
    """A folder in plain text."""
    return fill(RaftFolder(tmp_path / "swarm", layout=request.param, modern=False))


def whole(folder, recovery):
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.findings == []


def test_plain_text_needs_no_key(plain):
    root = plain.write()
    (root / "certificates/swarm-node.key").unlink()
    whole(plain, raftstore.read(root))


def test_snapshots_in_plain_text(plain):
    plain.snapshot()
    plain.cut()
    plain.collect()
    plain.transaction(create(secret("after")))
    root = plain.write()
    recovery = raftstore.read(root)
    whole(plain, recovery)
    assert recovery.position.snapshot_index


def test_damage_in_plain_text(plain):
    root = plain.write()
    place = plain.place(6)
    flip(root / place.file, place.data + 20)
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == plain.objects(without=(6,))
    assert [each.kind for each in recovery.findings] == ["damaged-record", "lost-entries"]


def test_the_history_in_plain_text(plain):
    root = plain.write()
    recovery = raftstore.read(root, raftstore.Options(deleted=True, at=9))
    assert objects_of(recovery.store) == plain.objects(9)
    assert [each.kind for each in recovery.deleted] == ["secret"]


@pytest.mark.parametrize("layout", PLAIN, ids=["wal-v3", "1.12"])
def test_what_is_older_stays_behind_after_an_upgrade_and_is_stale(tmp_path, layout):
    old = fill(RaftFolder(tmp_path / "swarm", layout=layout))
    old.transaction(create(secret("removed since")))
    old.snapshot()
    old.write()
    new = fill(RaftFolder(tmp_path / "swarm"))
    new.transaction(create(secret("removed since")))
    new.transaction(remove(secret("removed since")))
    whole(new, raftstore.read(new.write()))


def test_a_migration_that_was_not_finished_is_not_looked_at(tmp_path):
    old = fill(RaftFolder(tmp_path / "swarm", layout=""))
    old.write()
    for kind in ("wal", "snap"):
        unfinished = old.root / f"raft/{kind}-v3-encrypted.tmp"
        unfinished.mkdir()
        (unfinished / "0000000000000000-0000000000000000.wal").write_bytes(bytes(100))
    whole(old, raftstore.read(old.root))


def test_a_log_that_was_put_aside_is_not_looked_at(folder):
    root = folder.write()
    aside = root / "raft/wal-v3-encrypted.broken.20261122.101112"
    aside.mkdir()
    (aside / "0000000000000000-0000000000000000.wal").write_bytes(b"noise" * 100)
    whole(folder, raftstore.read(root))


@pytest.mark.parametrize(
    "name",
    [
        "0.tmp",
        "1.tmp",
        "notes.txt",
        ".0000000000000001-000000000000000b.wal.swp",
        "0000000000000001-000000000000000b.wal.tmp",
        "1-b.wal",
        "000000000000000G-000000000000000b.wal",
    ],
)
def test_other_names_beside_the_segments(folder, name):
    root = folder.write()
    (root / "raft/wal-v3-encrypted" / name).write_bytes(b"noise" * 1000)
    whole(folder, raftstore.read(root))


def test_a_segment_that_was_put_aside_is_mentioned(folder):
    root = folder.write()
    segment = root / folder.segments[0].name
    aside = segment.with_name(f"{segment.name}.broken")
    aside.write_bytes(segment.read_bytes())
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects()
    (finding,) = recovery.findings
    assert finding.kind == "left-over"
    assert finding.file.endswith(".wal.broken")
    assert recovery.is_whole


def test_a_folder_of_a_mode_that_is_certified(tmp_path):
    """FIPS: Fernet everywhere, and a cluster's id that says so."""
    folder = RaftFolder(tmp_path / "swarm", cipher="fernet")
    folder.cluster_id = f"FIPS.{folder.cluster_id}"
    folder = fill(folder)
    recovery = raftstore.read(folder.write())
    whole(folder, recovery)
    assert list(recovery.store.clusters) == [folder.cluster_id]
    assert recovery.fips


def test_a_folder_of_any_other_mode(folder):
    assert not raftstore.read(folder.write()).fips


@pytest.mark.parametrize("mark", ["cluster", "node", "cipher"])
def test_any_one_mark_tells_the_mode(tmp_path, mark):
    folder = RaftFolder(tmp_path / "swarm", cipher="fernet" if mark == "cipher" else "secretbox")
    folder = fill(folder)
    changed = cluster(folder.cluster_id)
    changed.fips = mark == "cluster"
    mine = node("manager-1")
    mine.id = folder.myself.node_id
    mine.description.fips = mark == "node"
    folder.transaction(update(changed), update(mine))
    assert raftstore.read(folder.write()).fips


class TestRole:
    """Who is no manager, or none any more."""

    def test_a_worker(self, tmp_path):
        folder = RaftFolder(tmp_path / "swarm")
        folder.key.dek = None
        folder.role = "swarm-worker"
        root = folder.write()
        for kind in ("wal", "snap"):
            for path in (root / f"raft/{kind}-v3-encrypted").iterdir():
                path.unlink()
            (root / f"raft/{kind}-v3-encrypted").rmdir()
        with pytest.raises(StoreError, match=r"worker.*no raft data"):
            raftstore.read(root)

    @pytest.mark.parametrize("what", ["raft is empty", "raft is gone"])
    def test_a_manager_without_its_log(self, folder, what):
        root = folder.write()
        (root / folder.segments[0].name).unlink()
        for kind in ("wal", "snap"):
            (root / f"raft/{kind}-v3-encrypted").rmdir()
        if what == "raft is gone":
            (root / "raft").rmdir()
        with pytest.raises(StoreError, match="neither a log nor a snapshot"):
            raftstore.read(root)


# Whether a manager is running shows in the lock that it holds, where systems have such locks.


@pytest.fixture
def held(folder):
    """A folder whose first segment is locked as a manager locks it."""
    path = folder.write() / folder.segments[0].name
    with path.open("r+b") as file:
        lock = struct.pack("@hhqqi0q", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, lock)
        yield folder


def test_it_is_seen(held):
    with pytest.raises(StoreError, match="a manager is running on this folder"):
        raftstore.read(held.root)


def test_it_is_not_taken(held):
    for _ in range(2):
        recovery = raftstore.read(held.root, raftstore.Options(running=True))
        assert objects_of(recovery.store) == held.objects()


def test_a_system_without_such_locks_runs_no_manager(held, monkeypatch):
    monkeypatch.delattr(fcntl, "F_OFD_GETLK")
    assert objects_of(raftstore.read(held.root).store) == held.objects()


def test_on_a_file_system_without_locks_nobody_holds_one(held, monkeypatch):
    def refuse(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "fcntl", refuse)
    assert objects_of(raftstore.read(held.root).store) == held.objects()


def test_a_file_that_is_not_open_can_be_closed(tmp_path):
    path = tmp_path / "segment"
    path.write_bytes(b"six ab")
    done = []
    log = FileLog(path, "segment", done.append)
    log.close()
    log.open()
    assert log.size == 6
    buffer = memoryview(bytearray(4))
    assert [log.read_into(buffer, offset) for offset in (0, 2, 0, 6)] == [4, 4, 4, 0]
    assert done == [4, 2]
    log.close()
    log.close()
