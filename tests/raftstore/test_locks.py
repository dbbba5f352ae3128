"""Whether a manager is running shows in the lock that it holds, where systems have such locks."""

import fcntl
import os
import struct

import pytest

from swarmwire import raftstore
from swarmwire.errors import StoreError
from swarmwire.raftstore.files import FileLog
from tests.support.raft_folder import objects_of


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
