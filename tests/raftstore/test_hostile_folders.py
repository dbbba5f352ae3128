"""Folders with what no manager leaves in them, or that change while they are read."""

import os
import shutil
import signal
import socket
import threading
import tracemalloc
from pathlib import Path

import pytest

from swarmwire import raftstore
from swarmwire.errors import CorruptLog, StoreError, WrongKey
from swarmwire.raftstore.files import read_given
from tests.support.raft_folder import create, objects_of, secret

KEY = "certificates/swarm-node.key"
FACTS = (
    "certificates/swarm-node.crt",
    "certificates/swarm-root-ca.crt",
    "docker-state.json",
    "state.json",
    "worker/tasks.db",
)
TERABYTE = 1 << 40
MEBIBYTE = 1 << 20


@pytest.fixture(autouse=True)
def in_time():
    """What waits for ever would stop all tests."""

    def stop(*_):
        pytest.fail("it took too long")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 20)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def in_memory():
    """What has no end must not be read to it."""
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * MEBIBYTE


def pipe(path):
    os.mkfifo(path)


def endless(path):
    path.symlink_to("/dev/zero")


def terminal(path):
    path.symlink_to("/dev/tty")


def listener(path):
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(path.parent)  # names of sockets must be short
        try:
            server.bind(path.name)
        finally:
            os.chdir(here)


def directory(path):
    path.mkdir()


def circle(path):
    path.symlink_to(path.name)


def hole(path):
    path.touch()
    os.truncate(path, TERABYTE)


ODD = (pipe, endless, terminal, listener, directory, circle, hole)


def put(odd, path):
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    odd(path)


@pytest.mark.usefixtures("in_memory")
class TestOddFile:
    """A pipe, a device, something far too large: in the place of a file."""

    @pytest.mark.parametrize("odd", ODD)
    def test_the_key_is_one(self, folder, odd):
        put(odd, folder.write() / KEY)
        with pytest.raises(StoreError) as caught:
            raftstore.read(folder.root)
        assert caught.value.file == KEY

    @pytest.mark.parametrize("odd", ODD)
    @pytest.mark.parametrize("name", FACTS)
    def test_without_a_key_the_others_are_told(self, folder, odd, name):
        root = folder.write()
        whole = raftstore.keyless(root)
        put(odd, root / name)
        found = raftstore.keyless(root)
        assert [each.partition(":")[0] for each in found.problems] == [name]
        same = [
            found.facts.identity == whole.facts.identity,
            found.facts.root_not_after == whole.facts.root_not_after,
            found.facts.start == whole.facts.start,
            found.facts.managers == whole.facts.managers,
            found.tasks == whole.tasks,
        ]
        assert same.count(False) == (name != "worker/tasks.db")
        assert (found.entries, found.snapshots) == (whole.entries, whole.snapshots)

    @pytest.mark.parametrize("odd", [each for each in ODD if each is not hole])
    def test_what_is_no_file_is_no_segment_and_no_snapshot(self, folder, odd):
        folder.snapshot()
        root = folder.write()
        put(odd, root / "raft/wal-v3-encrypted/0000000000000001-00000000000000ff.wal")
        put(odd, root / "raft/snap-v3-encrypted/00000000000000ff-00000000000000ff.snap")
        recovery = raftstore.read(root)
        assert objects_of(recovery.store) == folder.objects()
        assert recovery.findings == []

    def test_a_snapshot_without_end_is_damaged(self, folder):
        root = folder.write()
        hole(root / "raft/snap-v3-encrypted/00000000000000ff-00000000000000ff.snap")
        recovery = raftstore.read(root)
        assert objects_of(recovery.store) == folder.objects()
        assert [each.kind for each in recovery.findings] == ["damaged-snapshot"]

    def test_a_segment_without_end_is_refused(self, folder):
        root = folder.write()
        hole(root / folder.segments[0].name)
        with pytest.raises(CorruptLog, match="no such file has") as caught:
            raftstore.read(root)
        assert caught.value.file == folder.segments[0].name


class TestLink:
    """A link is followed to a file, wherever that is: disks get moved and linked to."""

    @pytest.mark.parametrize("name", ["raft", KEY, "certificates", "raft/wal-v3-encrypted"])
    def test_to_what_was_moved(self, folder, tmp_path, name):
        root = folder.write()
        shutil.move(root / name, tmp_path / "moved")
        (root / name).symlink_to(tmp_path / "moved")
        assert objects_of(raftstore.read(root).store) == folder.objects()

    def test_from_one_segment_to_nothing(self, folder):
        root = folder.write()
        link = root / "raft/wal-v3-encrypted/0000000000000001-00000000000000ff.wal"
        link.symlink_to("/nowhere")
        assert objects_of(raftstore.read(root).store) == folder.objects()


class TestName:
    """Names that no manager gives."""

    @pytest.mark.parametrize(
        "name", [b"\xff.snap", b"\x1b[31m.snap", b"a b.snap", b"\n.wal.broken"]
    )
    def test_are_passed_over(self, folder, name):
        root = folder.write()
        place = "wal" if name.endswith(b"broken") else "snap"
        Path(
            os.fsdecode(os.fsencode(root) + f"/raft/{place}-v3-encrypted/".encode() + name)
        ).touch()
        recovery = raftstore.read(root)
        assert objects_of(recovery.store) == folder.objects()
        assert recovery.findings == []
        assert raftstore.keyless(root).snapshots == ()

    def test_of_a_place_that_cannot_be(self):
        for call in (raftstore.read, raftstore.keyless):
            with pytest.raises(StoreError, match="not the name of a file"):
                call("a\0b")


class TestChange:
    """What happens to a file while it is read."""

    @pytest.fixture
    def large(self, folder):
        """A folder of some segments, each of which is read in several pieces."""
        for number in range(60):
            folder.transaction(create(secret(f"large {number}", os.urandom(20_000))))
            if number % 20 == 19:
                folder.cut()
        return folder

    def read(self, folder, change):
        """What is read if something happens to each segment after some bytes of it."""
        root = folder.write()
        told = []

        def once(done, _total):
            told.append(done)
            if len(told) == 3:
                for path in (root / "raft/wal-v3-encrypted").iterdir():
                    change(path)

        recovery = raftstore.read(root, progress=once)
        assert len(told) >= 3
        return recovery

    @pytest.mark.parametrize("size", [0, 1, 1000, 70_000, 131_072])
    def test_it_shrinks(self, large, size):
        try:
            recovery = self.read(large, lambda path: os.truncate(path, size))
        except CorruptLog:
            return
        found = objects_of(recovery.store)
        assert found.items() <= large.objects().items()
        assert not recovery.is_whole
        assert len(found) < len(large.objects())

    def test_it_grows(self, large):
        def grow(path):
            with path.open("ab") as file:
                file.write(b"\xff" * 100_000)

        assert objects_of(self.read(large, grow).store) == large.objects()

    def test_it_goes(self, large):
        with pytest.raises(StoreError, match="No such file"):
            self.read(large, Path.unlink)

    def test_it_becomes_a_pipe(self, large):
        with pytest.raises(StoreError, match="not a file"):
            self.read(large, lambda path: put(pipe, path))


@pytest.mark.usefixtures("in_memory")
class TestGivenFile:
    """A key file that somebody names may be a pipe, as of a shell's ``<(…)``."""

    def test_of_a_pipe(self, tmp_path):
        path = tmp_path / "pipe"
        os.mkfifo(path)
        writer = threading.Thread(target=path.write_bytes, args=(b"key",))
        writer.start()
        assert read_given(path) == b"key"
        writer.join()

    @pytest.mark.parametrize("odd", [endless, hole])
    def test_without_end(self, tmp_path, odd):
        odd(tmp_path / "key")
        with pytest.raises(CorruptLog) as caught:
            read_given(tmp_path / "key")
        assert caught.value.file == str(tmp_path / "key")

    def test_that_is_not_there(self, tmp_path):
        with pytest.raises(StoreError):
            read_given(tmp_path / "none")
        with pytest.raises(StoreError):
            read_given(tmp_path)


def test_the_folder_of_these_tests_needs_its_key(folder):
    """Guards the tests above."""
    (folder.write() / KEY).unlink()
    with pytest.raises(WrongKey):
        raftstore.read(folder.root)
