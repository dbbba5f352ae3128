"""Tars that are made to do harm: the memory and the room that they take are bounded."""

import bz2
import errno
import gzip
import io
import lzma
import os
import resource
import sys
import tarfile
import tempfile
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest

from swarmwire import raftstore
from swarmwire.errors import StoreError, WrongKey
from swarmwire.raftstore import archive, tarstream
from swarmwire.raftstore.archive import Room, unpacked
from tests.support.raft_folder import objects_of
from tests.support.tars import END, header, member, pax, sparse

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
    def test_too_many_files(self, tmp_path, monkeypatch, kind):
        """Those that are more are not unpacked, and it is told."""
        monkeypatch.setattr(archive, "_MANY", 50)
        path = tmp_path / "many.tar"
        names = [f"raft/wal/{number}.wal" for number in range(60)]
        path.write_bytes(b"".join(header(name, 0, kind) for name in names) + END)
        told = []
        with unpacked(path, tell=told.append) as root:
            assert len(list((root / "raft/wal").iterdir())) == 50
        (loss,) = told
        assert "more than 50 files" in loss

    def test_many_that_are_unpacked_into_memory(self, tmp_path):
        """There each is an open file; those that are too many are told."""
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2
        path = tmp_path / "many.tar"
        names = [f"raft/wal/{number}.wal" for number in range(most + 10)]
        path.write_bytes(b"".join(map(member, names)) + END)
        told = []
        with unpacked(path, room=Room(in_memory=True), tell=told.append) as root:
            assert len(list((root / "raft/wal").iterdir())) == most
        assert f"more than {most} files" in told[0]

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


# Tars that broke, or whose names lead elsewhere: nothing is lost in silence, nothing gets out.


if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


@pytest.fixture
def refused_members(tmp_path):
    """Gives the reason why a tar is refused_members."""

    def read(content):
        path = tmp_path / "hostile.tar"
        path.write_bytes(content)
        with pytest.raises(StoreError) as caught, unpacked(path):
            pass
        return caught.value.reason

    return read


@pytest.fixture
def told(tmp_path):
    """Gives the reason why a tar is refused, or why not all of it was unpacked."""

    def read(content):
        path = tmp_path / "broken.tar"
        path.write_bytes(content)
        losses = []
        try:
            with unpacked(path, tell=losses.append):
                pass
        except StoreError as err:
            return err.reason
        (loss,) = losses
        return loss

    return read


class TestDamage:
    """tarfile takes a damaged header for the end. Here nothing gets lost in silence."""

    @pytest.fixture
    def tar(self, folder):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as tar:
            tar.add(folder.write(), "swarm")
        with tarfile.open(fileobj=io.BytesIO(stream.getvalue())) as tar:
            return bytearray(stream.getvalue()), [each.offset for each in tar]

    def test_a_header_that_is_damaged(self, tar, told):
        data, offsets = tar
        for offset in offsets[1:]:
            damaged = bytearray(data)
            damaged[offset + 3] ^= 0x40
            assert "a header in it is damaged" in told(damaged)

    def test_a_header_of_zeros(self, tar, told):
        data, offsets = tar
        count = 0
        for offset, following in pairwise(offsets):
            if following - offset > 512:  # what is behind a folder is another header
                damaged = data[:offset] + bytes(512) + data[offset + 512 :]
                assert "a header in it is damaged" in told(damaged) or not offset
                count += 1
        assert count > 3

    def test_an_end_between_two_members(self, tar, told):
        data, offsets = tar
        for offset in offsets[1:]:
            assert "breaks off" in told(data[:offset])

    def test_an_end_in_a_member(self, tar, told):
        data, offsets = tar
        for offset in offsets:
            for more in (100, 511, 700):
                reason = told(data[: offset + more])
                assert "the tar breaks off or is damaged" in reason or (
                    "not a tar, or a damaged one" in reason
                )

    @pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, zstd.compress])
    def test_a_cut_one_is_recovered_as_far_as_it_goes(self, folder, tmp_path, pack):
        """The key comes first, the log last."""
        root = folder.write()
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as tar:
            for name in ("certificates", "raft"):
                tar.add(root / name, f"swarm/{name}")
        path = tmp_path / "cut.tar"
        content = stream.getvalue()
        end = len(content.rstrip(b"\0"))
        path.write_bytes(pack(content[: end - 200]))
        if pack is gzip.compress:
            path.write_bytes(path.read_bytes()[:-4])
        recovery = raftstore.read(path)
        assert not recovery.is_whole
        assert recovery.findings[0].kind == "damaged-tar"
        assert recovery.findings[0].loses
        found = objects_of(recovery.store)
        assert found
        assert found in [folder.objects(at) for at in range(1, folder.commit_index)]

    def test_one_without_the_key_says_why(self, folder, tmp_path):
        root = folder.write()
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as tar:
            tar.add(root / "raft", "swarm/raft")
            cut = stream.tell()
            tar.add(root / "certificates", "swarm/certificates")
        path = tmp_path / "cut.tar"
        path.write_bytes(stream.getvalue()[:cut])
        with pytest.raises(WrongKey, match=r"key is missing.*the tar breaks off"):
            raftstore.read(path)
        assert any("the tar breaks off" in each for each in raftstore.keyless(path).problems)

    def test_an_end_of_one_block(self, tar, folder, tmp_path):
        data, _ = tar
        end = len(data.rstrip(b"\0"))
        path = tmp_path / "short.tar"
        path.write_bytes(data[: end + -end % 512 + 512])
        assert objects_of(raftstore.read(path).store) == folder.objects()

    @pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
    def test_a_packed_one_in_several_parts(self, tar, folder, tmp_path, pack):
        """Programs that pack on all cores write so."""
        data, _ = tar
        path = tmp_path / "parts.tar"
        path.write_bytes(pack(bytes(data[:5000])) + pack(b"") + pack(bytes(data[5000:])))
        assert objects_of(raftstore.read(path).store) == folder.objects()

    def test_xz_filled_up_with_zeros(self, tar, folder, tmp_path):
        data, _ = tar
        path = tmp_path / "parts.tar"
        parts = [lzma.compress(bytes(each)) for each in (data[:5000], data[5000:])]
        path.write_bytes(bytes(8).join(parts) + bytes(8))
        assert objects_of(raftstore.read(path).store) == folder.objects()

    @pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
    def test_a_packed_one_that_is_damaged_anywhere(self, tar, folder, tmp_path, pack):
        """It is refused_members, or what was damaged was not needed."""
        packed = pack(bytes(tar[0]))
        path = tmp_path / "damaged.tar"
        for offset in range(0, len(packed), len(packed) // 25):
            path.write_bytes(
                packed[:offset] + bytes([packed[offset] ^ 0x55]) + packed[offset + 1 :]
            )
            try:
                recovery = raftstore.read(path)
            except StoreError:
                continue
            assert objects_of(recovery.store) == folder.objects() or recovery.findings


class TestNames:
    """No name in a tar leads anywhere, or stops the rest from being read."""

    @pytest.mark.parametrize(
        "name",
        [
            "swarm/raft/wal/..",
            "swarm/raft/wal/.",
            "swarm/raft/wal/a\0b.wal",
            "swarm/raft/wal/\x1b[31m.wal",
            "swarm/raft/wal/\N{RIGHT-TO-LEFT OVERRIDE}law.wal",
            f"swarm/raft/wal/{'a' * 300}.wal",
            f"{'a/' * 100_000}x",
            "swarm/certificates/swarm-\n",
        ],
        ids=lambda name: ascii(name)[:40],
    )
    def test_that_no_manager_gives(self, tmp_path, name):
        path = tmp_path / "names.tar"
        odd = pax(path=name.encode()) + member("x", b"content")
        path.write_bytes(odd + member(SEGMENT, b"log") + odd + END)
        assert list(files(path).values()) == [b"log"]

    def test_of_the_folder_may_be_any(self, tmp_path):
        path = tmp_path / "names.tar"
        path.write_bytes(pax(path=b"a\n\xff\x1b/" + SEGMENT.encode()) + member("x", b"log") + END)
        assert list(files(path).values()) == [b"log"]

    def test_of_many_folders_are_not_all_told(self, refused_members):
        names = [f"{number}/raft/wal/0.wal" for number in range(40)]
        reason = refused_members(b"".join(member(name, b"log") for name in names) + END)
        assert reason.endswith("0/, 1/, 2/, 3/, 4/, …")

    @pytest.mark.parametrize(
        "kind", [tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
    )
    def test_of_what_is_no_file_are_passed_over(self, tmp_path, kind):
        path = tmp_path / "kinds.tar"
        other = SEGMENT.replace("0.wal", "1.wal")
        odd = [header(name, kind=kind, linkname=SEGMENT) for name in (SEGMENT, other)]
        path.write_bytes(member(SEGMENT, b"log") + b"".join(odd) + END)
        assert list(files(path).values()) == [b"log"]

    def test_a_hard_link_to_itself_and_to_nothing(self, tmp_path):
        path = tmp_path / "links.tar"
        links = [SEGMENT, "/etc/hostname", "swarm/raft/wal/none"]
        odd = [header(SEGMENT, kind=tarfile.LNKTYPE, linkname=each) for each in links]
        path.write_bytes(member(SEGMENT, b"log") + b"".join(odd) + END)
        assert list(files(path).values()) == [b"log"]

    def test_a_file_over_a_hard_link_leaves_the_other_as_it_is(self, tmp_path):
        path = tmp_path / "links.tar"
        other = SEGMENT.replace("0.wal", "1.wal")
        path.write_bytes(
            member(SEGMENT, b"log")
            + header(other, kind=tarfile.LNKTYPE, linkname=SEGMENT)
            + member(SEGMENT, b"new")
            + END
        )
        assert sorted(files(path).values()) == [b"log", b"new"]

    def test_a_tar_in_a_tar_is_not_unpacked(self, refused_members):
        inner = member(SEGMENT, b"log") + END
        assert "no manager's folder" in refused_members(member("swarm.tar", inner) + END)
        assert refused_members(gzip.compress(gzip.compress(inner)))
