"""Tars that are made to do harm: the memory and the room that they take are bounded."""

import bz2
import errno
import gzip
import lzma
import os
import sys
import tarfile
import tempfile
import tracemalloc
from pathlib import Path

import pytest

from swarmwire.errors import StoreError
from swarmwire.raftstore import archive, tarstream
from swarmwire.raftstore.archive import unpacked
from tests.support.tars import END, header, member, sparse

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MEBIBYTE = 1 << 20
SEGMENT = "swarm/raft/wal/0000000000000000-0000000000000000.wal"


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """Where tars are unpacked; nothing may be left there."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield place
    assert list(place.iterdir()) == []


@pytest.fixture
def refused(tmp_path):
    """Gives the reason why a tar is refused; the memory that this takes is bounded."""

    def read(content):
        path = tmp_path / "hostile.tar"
        path.write_bytes(content)
        tracemalloc.start()
        try:
            with pytest.raises(StoreError) as caught, unpacked(path):
                pass
            assert tracemalloc.get_traced_memory()[1] < 48 * MEBIBYTE
        finally:
            tracemalloc.stop()
        assert caught.value.file == str(path)
        return caught.value.reason

    return read


def files(path):
    with unpacked(path) as root:
        found = (each for each in root.rglob("*") if each.is_file())
        return {each.relative_to(root).as_posix(): each.read_bytes() for each in found}


class TestMemory:
    """What is in a tar does not decide how much memory it takes."""

    @pytest.mark.parametrize(
        "kind",
        [tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE],
    )
    @pytest.mark.parametrize("before", [b"", member("swarm/state.json", b"[]")])
    def test_a_header_without_end(self, refused, kind, before):
        packed = lzma.compress(before + header("x", 3 << 30, kind) + bytes(64 * MEBIBYTE), preset=0)
        assert "longer than any" in refused(packed)

    def test_a_list_of_holes_without_end(self, refused, monkeypatch):
        monkeypatch.setattr(tarstream, "_HEADER", MEBIBYTE // 4)
        plan = b"%d\n" % (1 << 20) + b"0\n" * (1 << 20)
        content = sparse(SEGMENT, 100, [])[:-1024] + header("pieces", 4 << 20) + plan
        assert "longer than any" in refused(lzma.compress(content, preset=0))

    def test_more_holes_than_any_file_has(self, refused):
        pieces = [(2 * number, 1) for number in range(20_000)]
        assert "more holes" in refused(sparse(SEGMENT, 40_000, pieces, b"x" * 20_480) + END)

    def test_many_members_that_nobody_wants(self, tmp_path):
        path = tmp_path / "many.tar"
        others = [member(f"overlay2/{number}") for number in range(6_000)]
        path.write_bytes(b"".join(others) + member(SEGMENT, b"log") + END)
        tracemalloc.start()
        assert len(files(path)) == 1
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 3 * MEBIBYTE

    def test_many_headers_for_all_members(self, tmp_path):
        path = tmp_path / "global.tar"
        text = b"x" * 100_000
        lines = [b"%d k%05d=%s\n" % (len(text) + 15, each, text) for each in range(400)]
        assert all(int(each.split()[0]) == len(each) for each in lines)
        headers = b"".join(member("g", each, kind=tarfile.XGLTYPE) + member("x") for each in lines)
        path.write_bytes(gzip.compress(headers + member(SEGMENT, b"log") + END, 1))
        tracemalloc.start()
        assert len(files(path)) == 1
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 8 * MEBIBYTE

    def test_what_xz_wants_to_remember(self, refused, monkeypatch):
        monkeypatch.setattr(tarstream, "_DICTIONARY", MEBIBYTE)
        reason = refused(lzma.compress(member(SEGMENT, b"log") + END, preset=6))
        assert "emory" in reason


class TestRoom:
    """A tar cannot fill the disk."""

    @pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
    def test_content_that_unpacks_to_too_much(self, refused, monkeypatch, pack):
        monkeypatch.setattr(archive, "_ROOM", 8 * MEBIBYTE)
        packed = pack(member(SEGMENT, b"\1" * 16 * MEBIBYTE) + END)
        assert len(packed) * 100 < 8 * MEBIBYTE
        assert "made to fill the disk" in refused(packed)

    def test_in_many_files(self, refused, monkeypatch):
        monkeypatch.setattr(archive, "_ROOM", 4 * MEBIBYTE)
        names = [f"swarm/raft/snap/{number}.snap" for number in range(6)]
        content = b"".join(member(name, b"\1" * MEBIBYTE) for name in names) + END
        assert "made to fill the disk" in refused(gzip.compress(content))

    def test_a_large_tar_may_unpack_to_much(self, tmp_path, monkeypatch):
        monkeypatch.setattr(archive, "_ROOM", MEBIBYTE)
        path = tmp_path / "large.tar"
        path.write_bytes(member(SEGMENT, os.urandom(3 * MEBIBYTE)) + END)
        assert len(files(path)) == 1

    @pytest.mark.parametrize("size", [(4 << 30) + 1, 1 << 50, 1 << 62])
    def test_a_file_that_is_a_hole(self, refused, size):
        assert f"a file of {size} bytes" in refused(sparse(SEGMENT, size, [(size, 0)]) + END)

    def test_many_files_that_are_holes(self, refused, monkeypatch):
        monkeypatch.setattr(archive, "_HOLES", 3 * MEBIBYTE)
        names = [f"swarm/raft/snap/{number}.snap" for number in range(4)]
        content = b"".join(sparse(name, MEBIBYTE, [(MEBIBYTE, 0)]) for name in names)
        assert "which no manager has" in refused(content + END)

    def test_a_size_below_zero(self, refused):
        raw = bytearray(header(SEGMENT))
        raw[124:136] = tarfile.itn(-512, 12, tarfile.GNU_FORMAT)
        raw[148:156] = b" " * 8
        raw[148:155] = b"%06o\0" % sum(raw)
        assert refused(bytes(raw) * 3 + END)
        assert refused(bytes(raw).replace(b"raft", b"tarf") * 3 + END)

    @pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.DIRTYPE])
    def test_too_many_files(self, refused, monkeypatch, kind):
        monkeypatch.setattr(archive, "_MANY", 50)
        names = [f"{number}/raft/wal" for number in range(60)]
        assert "more than 50 files" in refused(b"".join(header(n, 0, kind) for n in names) + END)

    def test_a_disk_that_is_full(self, refused, monkeypatch, temporary):
        def full(_path, *_more, **_options):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(Path, "mkdir", full)
        assert str(temporary) in refused(member(SEGMENT, b"log") + END)

    def test_nothing_is_left_of_an_interruption(self, tmp_path, temporary):
        path = tmp_path / "swarm.tar"
        path.write_bytes(member(SEGMENT, b"x" * 3 * MEBIBYTE) + END)
        seen = []

        def interrupt(_done, _total):
            seen.extend(temporary.rglob("*.wal"))
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt), unpacked(path, interrupt):
            pass
        assert len(seen) == 1

    def test_nobody_looks_in_whatever_the_umask_is(self, tmp_path):
        path = tmp_path / "swarm.tar"
        path.write_bytes(member("swarm/certificates/swarm-node.key", b"key") + END)
        before = os.umask(0)
        try:
            with unpacked(path) as root:
                assert root.parent.stat().st_mode & 0o777 == 0o700
        finally:
            os.umask(before)
