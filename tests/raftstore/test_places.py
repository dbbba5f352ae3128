"""Where a folder may be: a directory, one above it, a tar of it; and where none is."""

import fcntl
import os
import struct
import sys
import tarfile

import pytest

from swarmwire import raftstore
from swarmwire.errors import StoreError
from tests.support.powerless import powerless
from tests.support.raft_folder import objects_of, secret

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def whole(folder, recovery):
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.findings == []


@pytest.fixture
def packed(folder, tmp_path):
    """Writes a tar of the folder."""

    def pack(mode="", inside="swarm", name="swarm.tar"):
        path = tmp_path / name
        with tarfile.open(path, f"w:{mode}") as tar:
            tar.add(folder.write(), inside)
        return path

    return pack


class TestTar:
    """A tar, packed in any way."""

    @pytest.mark.parametrize("mode", ["", "gz", "bz2", "xz"])
    def test_of_any_kind(self, folder, packed, mode):
        whole(folder, raftstore.read(packed(mode, name="copy")))

    def test_zstd(self, folder, packed, tmp_path):
        path = tmp_path / "swarm.tar.zst"
        path.write_bytes(zstd.compress(packed().read_bytes()))
        whole(folder, raftstore.read(path))

    @pytest.mark.parametrize(
        "inside", ["swarm", ".", "var/lib/docker/swarm", "./swarm", "/var/lib/docker/swarm", "a/b"]
    )
    def test_wherever_the_folder_is_in_it(self, folder, packed, inside):
        whole(folder, raftstore.read(packed(inside=inside)))

    def test_other_things_in_it(self, folder, packed, tmp_path):
        path = packed()
        other = tmp_path / "overlay2"
        other.write_bytes(b"x" * 1000)
        with tarfile.open(path, "a") as tar:
            tar.add(other, "docker/overlay2/abc/raft/wal.txt")
            tar.add(other, "docker/image/db")
        whole(folder, raftstore.read(path))

    @pytest.mark.parametrize(
        "name",
        [
            "swarm/raft/wal-v3-encrypted/../../../../evil",
            "swarm/raft/wal-v3-encrypted/..",
            "../../../raft-evil",
            "/evil",
        ],
    )
    @pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE])
    def test_names_that_lead_elsewhere(self, folder, packed, tmp_path, name, kind):
        path = packed()
        evil = tarfile.TarInfo(name)
        evil.type, evil.linkname = kind, "/etc/passwd"
        with tarfile.open(path, "a") as tar:
            tar.addfile(evil)
        before = sorted(tmp_path.rglob("*"))
        whole(folder, raftstore.read(path))
        assert sorted(tmp_path.rglob("*")) == before

    def test_a_folder_that_leads_elsewhere(self, folder, packed, tmp_path):
        path = packed(inside="../../../evil")
        before = sorted(tmp_path.rglob("*"))
        whole(folder, raftstore.read(path))
        assert sorted(tmp_path.rglob("*")) == before

    def test_a_link_instead_of_a_segment(self, folder, packed):
        path = packed()
        link = tarfile.TarInfo("swarm/raft/wal-v3-encrypted/0000000000000001-00000000000000ff.wal")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        with tarfile.open(path, "a") as tar:
            tar.addfile(link)
        whole(folder, raftstore.read(path))

    def test_one_that_breaks_off_before_the_log(self, packed):
        path = packed()
        os.truncate(path, path.stat().st_size // 3)
        with pytest.raises(StoreError):
            raftstore.read(path)

    @pytest.mark.parametrize("mode", ["gz", "xz"])
    def test_one_that_breaks_off_within_the_log(self, packed, mode):
        path = packed(mode)
        os.truncate(path, path.stat().st_size // 3)
        found = raftstore.read(path)
        assert "damaged-tar" in [each.kind for each in found.findings]
        assert not found.is_whole

    def test_zstd_that_breaks_off(self, packed, tmp_path):
        path = tmp_path / "swarm.tar.zst"
        data = zstd.compress(packed().read_bytes())
        path.write_bytes(data[: len(data) // 2])
        with pytest.raises(StoreError):
            raftstore.read(path)

    def test_one_without_a_folder(self, tmp_path):
        path = tmp_path / "other.tar"
        with tarfile.open(path, "w"):
            pass
        with pytest.raises(StoreError, match="no manager's folder"):
            raftstore.read(path)

    def test_one_with_two_folders(self, folder, packed):
        path = packed()
        with tarfile.open(path, "a") as tar:
            tar.add(folder.root, "other/swarm")
        with pytest.raises(StoreError, match="several"):
            raftstore.read(path)

    @pytest.mark.parametrize("data", [b"", b"no tar", b"\x28\xb5\x2f\xfdnoise", bytes(2048)])
    def test_what_is_none(self, tmp_path, data):
        path = tmp_path / "file"
        path.write_bytes(data)
        with pytest.raises(StoreError) as caught:
            raftstore.read(path)
        assert str(path) in str(caught.value)


class TestDirectory:
    """The folder, or one above it."""

    def test_the_folder(self, folder):
        whole(folder, raftstore.read(folder.write()))
        whole(folder, raftstore.read(str(folder.root)))

    @pytest.mark.parametrize(
        "below", ["swarm", "docker/swarm", "var/lib/docker/swarm", "copy/swarm"]
    )
    def test_one_above_it(self, folder, tmp_path, below):
        place = tmp_path / "above" / below
        place.parent.mkdir(parents=True)
        folder.write().rename(place)
        whole(folder, raftstore.read(tmp_path / "above"))

    def test_one_in_it(self, folder):
        whole(folder, raftstore.read(folder.write() / "raft"))

    def test_two_below(self, folder, tmp_path):
        folder.write()
        for name in ("a", "b"):
            folder.root = tmp_path / "above" / name / "swarm"
            folder.write()
        with pytest.raises(StoreError, match="several managers' folders"):
            raftstore.read(tmp_path / "above")

    def test_an_empty_one(self, tmp_path):
        with pytest.raises(StoreError, match="it is empty"):
            raftstore.read(tmp_path)

    def test_one_of_something_else(self, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(StoreError, match="not a folder of a manager"):
            raftstore.read(tmp_path)

    def test_none(self, tmp_path):
        with pytest.raises(StoreError, match="No such file") as caught:
            raftstore.read(tmp_path / "missing")
        assert str(tmp_path / "missing") in str(caught.value)

    def test_a_pipe(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(StoreError, match="neither a folder nor a tar"):
            raftstore.read(tmp_path / "pipe")

    @pytest.mark.parametrize(
        "name",
        [
            ".",
            "certificates/swarm-node.key",
            "raft/wal-v3-encrypted",
            "raft/wal-v3-encrypted/0000000000000000-0000000000000000.wal",
        ],
    )
    def test_what_may_not_be_read(self, folder, name):
        root = folder.write()
        (root / name).chmod(0)
        try:
            with powerless(), pytest.raises(StoreError, match="permission denied"):
                raftstore.read(root)
        finally:
            (root / name).chmod(0o700)


def lock(file):
    """As a manager does: the lock belongs to the open file."""
    whole_file = struct.pack("@hhqqi0q", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    fcntl.fcntl(file, fcntl.F_OFD_SETLK, whole_file)


class TestRunning:
    """A manager that runs holds a lock on its log."""

    @pytest.fixture
    def running(self, folder):
        segment = folder.write() / folder.segments[0].name
        with segment.open("r+b") as file:
            lock(file)
            yield folder

    def test_it_is_refused(self, running):
        with pytest.raises(StoreError, match="a manager is running"):
            raftstore.read(running.root)

    def test_it_is_read_if_asked_for(self, running):
        whole(running, raftstore.read(running.root, raftstore.Options(running=True)))

    def test_the_lock_of_a_dead_manager_is_gone(self, folder):
        segment = folder.write() / folder.segments[0].name
        with segment.open("r+b") as file:
            lock(file)
        whole(folder, raftstore.read(folder.root))

    def test_the_lock_is_looked_at_and_not_taken(self, folder):
        segment = folder.write() / folder.segments[0].name

        def lock_while_it_is_read(done, total):
            with segment.open("r+b") as file:
                lock(file)
                locked.append(done)

        locked = []
        whole(folder, raftstore.read(folder.root, progress=lock_while_it_is_read))
        assert locked


class TestProgress:
    """What is told while it is read."""

    def test_it_rises_to_the_end(self, folder):
        folder.cut()
        root = folder.write()
        told = []
        raftstore.read(root, progress=lambda done, total: told.append((done, total)))
        sizes = sum((root / each.name).stat().st_size for each in folder.segments)
        assert told
        assert told == sorted(told)
        assert {total for _, total in told} == {sizes}
        assert told[-1] == (sizes, sizes)

    def test_of_a_tar_it_is_told_too(self, folder, packed):
        told = []
        path = packed("gz")
        raftstore.read(path, progress=lambda done, total: told.append((done, total)))
        assert told
        assert (path.stat().st_size,) * 2 in told


def test_a_file_where_a_folder_should_be(folder):
    root = folder.write()
    for path in (root / "raft/snap-v3-encrypted", root / "worker"):
        if path.is_dir():
            path.rmdir()
        path.write_bytes(b"")
    whole(folder, raftstore.read(root))


def test_the_secret_of_this_file_is_written_at_all(folder):
    """Guards the tests above: a folder that holds nothing would be whole, too."""
    assert ("secret", secret("password").id) in folder.objects()
